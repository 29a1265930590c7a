import {
  BatchGetPolicyCommand,
  GetPolicyStoreCommand,
  GetPolicyTemplateCommand,
  GetSchemaCommand,
  ListPoliciesCommand,
  ListPolicyTemplatesCommand,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';

import { instantiateTemplate } from '../../src/services/cedar/policy-template.js';

type Definition =
  | { readonly kind: 'static'; readonly statement: string }
  | { readonly kind: 'linked'; readonly templateId: string; readonly principal: string };

interface Written<Content> {
  readonly content: Content;
  readonly updatedAt: Date;
}

/** Everything that a store holds at one moment. */
interface StoreState {
  readonly policies: ReadonlyMap<string, Written<Definition>>;
  readonly templates: ReadonlyMap<string, Written<string>>;
  readonly schema: string;
}

export type Edit =
  | { readonly kind: 'policy'; readonly id: string; readonly statement: string }
  | { readonly kind: 'link'; readonly id: string; readonly templateId: string; readonly principal: string }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'template'; readonly id: string; readonly statement: string }
  | { readonly kind: 'schema'; readonly text: string };

/** What befalls a call before it is answered; `lag`: texts are read as they were before the last edit. */
export type Mishap =
  { readonly kind: 'edit'; readonly edit: Edit } | { readonly kind: 'fail' | 'lag' | 'none' };

const PAGE = 1;

/** A policy store in memory, whose every state is remembered, and which is edited and fails between any two calls. */
export class ModelPolicyStore {
  #states: StoreState[];
  #mishaps: Mishap[] = [];

  constructor(schema: string, templates: Readonly<Record<string, string>>) {
    const at = new Date(0);
    const written = Object.entries(templates).map(
      ([id, content]) => [id, { content, updatedAt: at }] as const,
    );
    this.#states = [{ policies: new Map(), templates: new Map(written), schema }];
  }

  /** Each state that the store ever had, the present one last: its schema, and its statements by id. */
  get history(): readonly { readonly schema: string; readonly statements: ReadonlyMap<string, string> }[] {
    return this.#states.map(({ policies, templates, schema }) => ({
      schema,
      statements: new Map(
        [...policies].map(([id, { content }]) => [
          id,
          content.kind === 'static'
            ? content.statement
            : instantiateTemplate(templates.get(content.templateId)?.content ?? '', {
                principal: { type: 'Person', id: content.principal },
              }),
        ]),
      ),
    }));
  }

  /** What befalls the next calls, one each. */
  plan(mishaps: readonly Mishap[]): void {
    this.#mishaps = [...mishaps];
  }

  edit(edit: Edit): void {
    const { policies, templates, schema } = this.#now;
    const updatedAt = new Date(this.#states.length);
    const put = <Content>(map: ReadonlyMap<string, Written<Content>>, id: string, content: Content) =>
      new Map(map).set(id, { content, updatedAt });
    const next = { policies, templates, schema };
    if (edit.kind === 'policy') {
      next.policies = put(policies, edit.id, { kind: 'static', statement: edit.statement });
    } else if (edit.kind === 'link') {
      const { templateId, principal } = edit;
      next.policies = put(policies, edit.id, { kind: 'linked', templateId, principal });
    } else if (edit.kind === 'template') {
      next.templates = put(templates, edit.id, edit.statement);
    } else if (edit.kind === 'schema') {
      next.schema = edit.text;
    } else {
      next.policies = new Map([...policies].filter(([id]) => id !== edit.id));
    }
    this.#states.push(next);
  }

  readonly client = {
    send: async (command: unknown): Promise<unknown> => {
      const mishap = this.#mishaps.shift() ?? { kind: 'none' };
      if (mishap.kind === 'edit') this.edit(mishap.edit);
      if (mishap.kind === 'fail') throw new Error('Out of reach.');
      await Promise.resolve();
      return this.#answer(command, mishap.kind === 'lag' ? (this.#states.at(-2) ?? this.#now) : this.#now);
    },
  } as unknown as Pick<VerifiedPermissionsClient, 'send'>;

  get #now(): StoreState {
    const state = this.#states.at(-1);
    if (state === undefined) throw new Error('A store always has a state.');
    return state;
  }

  /** @param texts the state that texts are read from */
  #answer(command: unknown, texts: StoreState): unknown {
    const { policies, templates, schema } = this.#now;
    if (command instanceof GetPolicyStoreCommand) return { validationSettings: { mode: 'OFF' } };
    if (command instanceof GetSchemaCommand) return { schema };
    if (command instanceof ListPoliciesCommand) {
      const { items, nextToken } = pageOf(policies, command.input.nextToken);
      return { policies: items.map(([id, written]) => policyItem(id, written)), nextToken };
    }
    if (command instanceof ListPolicyTemplatesCommand) {
      const { items, nextToken } = pageOf(templates, command.input.nextToken);
      const policyTemplates = items.map(([policyTemplateId, { updatedAt: lastUpdatedDate }]) => ({
        policyTemplateId,
        lastUpdatedDate,
      }));
      return { policyTemplates, nextToken };
    }
    if (command instanceof GetPolicyTemplateCommand) {
      const found = texts.templates.get(command.input.policyTemplateId ?? '');
      return { statement: found?.content, lastUpdatedDate: found?.updatedAt };
    }
    if (command instanceof BatchGetPolicyCommand) {
      const results = (command.input.requests ?? []).flatMap(({ policyId = '' }) => {
        const found = texts.policies.get(policyId);
        return found === undefined ? [] : [policyItem(policyId, found)];
      });
      return { results, errors: [] };
    }
    throw new TypeError('The model knows no such call.');
  }
}

function pageOf<Value>(all: ReadonlyMap<string, Value>, after: string | undefined) {
  const sorted = [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([id]) => after === undefined || id > after);
  const items = sorted.slice(0, PAGE);
  return { items, nextToken: sorted.length > PAGE ? items.at(-1)?.[0] : undefined };
}

const policyItem = (policyId: string, { content, updatedAt }: Written<Definition>) => ({
  policyId,
  policyType: content.kind === 'static' ? 'STATIC' : 'TEMPLATE_LINKED',
  lastUpdatedDate: updatedAt,
  definition:
    content.kind === 'static'
      ? { static: { statement: content.statement } }
      : {
          templateLinked: {
            policyTemplateId: content.templateId,
            principal: { entityType: 'Person', entityId: content.principal },
          },
        },
});
