/** What site.ts puts into the page. */
interface ImportMetaEnv {
  /** The GraphQL endpoint. */
  readonly VITE_API_URL: string;
}
