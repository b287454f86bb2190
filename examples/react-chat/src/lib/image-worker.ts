/** The whole of the worker that makes pictures smaller. */
import { serveImages } from "@tidings/core/media/worker";

serveImages(self);
