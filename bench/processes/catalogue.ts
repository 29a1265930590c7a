import { buildSchema, type GraphQLSchema } from 'graphql';

const PRODUCTS = Array.from({ length: 24 }, (_, index) => ({
  id: `product-${index}`,
  name: `A product with the number ${index}`,
  price: 100 + index,
  inStock: index % 3 > 0,
  maker: { id: `maker-${index % 5}`, name: `Maker ${index % 5}`, country: 'PT' },
  tags: ['one', 'two', 'three'],
}));

/** Some products that lie in memory, by one and the same schema for every server. */
export function catalogueSchema(): GraphQLSchema {
  const schema = buildSchema(`
    type Maker { id: ID! name: String! country: String! }
    type Product { id: ID! name: String! price: Int! inStock: Boolean! maker: Maker! tags: [String!]! }
    type Query { products: [Product!]! }
  `);
  const products = schema.getQueryType()?.getFields()['products'];
  if (products) products.resolve = () => PRODUCTS;
  return schema;
}
