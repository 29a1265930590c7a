export interface ExampleOperation {
  readonly query: string;
  /** JSON, as the editor shows it. */
  readonly variables?: string;
  /** Whether it takes somebody who is signed in. */
  readonly signedIn: boolean;
}

const SIGN_IN = `# 1. Put the password into the variables below:
#    it is in the file "seed-credentials", whose
#    path the service printed when it started.
# 2. Copy the accessToken into the other tabs'
#    headers: {"Authorization": "Bearer …"}
mutation SignIn($input: LoginInput!) {
  login(input: $input) {
    __typename
    ... on Authenticated {
      accessToken
      refreshToken
      expiresIn
      session { id device expiresAt }
      user { id email roles }
    }
    ... on NewPasswordRequired {
      challenge
      missingAttributes
    }
  }
}
`;

const ME = `# Who am I, and where am I signed in?
query Me {
  me {
    id
    email
    name
    userType
    roles
    sessions(first: 5) {
      nodes { id device current lastSeenAt }
    }
  }
}
`;

const GUARDED_LIST = `# Each person and each email is guarded by Cedar.
# Who may not be read is left out; an email that
# may not be read is null, with its own error.
query GuardedList {
  users(first: 20) {
    nodes {
      id
      email
      name
      roles
      mayUpdate: can(action: "updateUser") { allowed reason }
      mayDisable: can(action: "disableUser") { allowed reason }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const BATCH = `# Up to 1,000 questions in one query, each with an
# answer: a wrong one is denied, and fails alone.
query Decisions($checks: [DecisionCheck!]!) {
  decisions(checks: $checks) {
    allowed
    reason
    action { id }
    resource { type id }
    determiningPolicies { id description }
    source
  }
}
`;

const APPLICATION = { type: 'Identity::Application', id: 'portcullis' };

const CHECKS = [
  { action: 'listUsers', resource: APPLICATION },
  { action: 'createUser', resource: APPLICATION },
  { action: 'createAdministrator', resource: APPLICATION },
  { action: 'assignRole', resource: { type: 'Identity::Role', id: 'auditor' } },
  { action: 'noSuchAction', resource: APPLICATION },
];

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

/** What the tabs of the playground begin with. */
export const EXAMPLE_OPERATIONS: readonly ExampleOperation[] = [
  {
    query: SIGN_IN,
    variables: pretty({ input: { email: 'admin@example.com', password: '', userType: 'ADMIN' } }),
    signedIn: false,
  },
  { query: ME, signedIn: true },
  { query: GUARDED_LIST, signedIn: true },
  { query: BATCH, variables: pretty({ checks: CHECKS }), signedIn: true },
];
