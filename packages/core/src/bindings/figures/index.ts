/** `@tidings/core/figures`: how much is said in a conversation, for those who look after it. */
export type { DayMeasured, Figures, FiguresBackend, FiguresQuery, FiguresSpan, Measured } from "./backend.ts";
export { httpFigures } from "./http-figures.ts";
export type { KnownFigures } from "./kept-figures.ts";
export { type FiguresOptions, type FiguresState, type FiguresView, openFigures } from "./open-figures.ts";
export type { HttpApiOptions } from "../http-api.ts";
