import { availableParallelism } from "node:os";

/** What a process of the topology has open beside its clients: connections to services, files, pipes. */
const BESIDE = 500;

/** Open files the busiest process needs for so many clients: all of them may be on one node. */
export function openFilesFor(clients: number, processes: number): number {
  // nginx takes two for each, and runs a worker for each processor; they do not share evenly.
  const proxy = (2 * clients * 1.5) / Math.max(1.5, availableParallelism());
  return Math.ceil(BESIDE + Math.max(clients, clients / Math.max(1, processes), proxy));
}

/** How many this process, and those it starts, may have open. Node has raised the soft limit to the hard one. */
export function openFilesAllowed(): number {
  const report: { readonly userLimits?: { readonly open_files?: { readonly soft: unknown } } } = Object(
    process.report.getReport(),
  );
  const allowed = Number(report.userLimits?.open_files?.soft);
  return Number.isNaN(allowed) ? Number.POSITIVE_INFINITY : allowed;
}
