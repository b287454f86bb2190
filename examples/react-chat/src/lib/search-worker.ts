/** The whole of the worker in which the words of what lies on storage are looked through. */
import { serveSearch } from "@tidings/core/search/worker";

serveSearch(self);
