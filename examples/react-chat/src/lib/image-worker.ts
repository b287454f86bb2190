/** The whole of the worker that makes pictures smaller. */
import "@tidings/core/media/worker";
