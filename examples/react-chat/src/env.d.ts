/** What Vite puts into the page from the environment it is built in. */
interface ImportMetaEnv {
  readonly VITE_APPSYNC_ENDPOINT: string;
}
