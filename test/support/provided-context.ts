declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the broker that starts servers and prepares files for the tests, when they first ask. */
    testServers: string;
  }
}

export {};
