import { isInputObjectType, type GraphQLSchema } from 'graphql';

/**
 * Lets the input types of a schema be coerced faster; what they accept stays the same.
 *
 * For each input object graphql-js lists the fields of its type, which it keeps in an object without a prototype: for V8 a
 * dictionary, and to list one is a quarter of a coercion. Here the same fields are in an object of a fixed shape, without a
 * prototype too, since it is asked for whatever names an input has.
 */
export function quickenInputs(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isInputObjectType(type)) continue;
    const fields = Object.setPrototypeOf({ ...type.getFields() }, null) as ReturnType<typeof type.getFields>;
    type.getFields = () => fields;
  }
  return schema;
}
