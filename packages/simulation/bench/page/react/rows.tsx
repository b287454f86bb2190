import { memo, type ReactElement, type ReactNode, useLayoutEffect, useRef } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";

/** Stays at the end until somebody scrolls. */
const reader = { follows: true };

export const Row: (props: { authorId: string; text: string }) => ReactNode = memo(function Row({
  authorId,
  text,
}) {
  return (
    <p>
      <b>{authorId}</b> {text}
    </p>
  );
});

interface VirtualListProps {
  readonly length: number;
  readonly row: (index: number) => ReactElement;
}

/** The same virtual list for every contender. */
export function VirtualList({ length, row }: VirtualListProps): ReactElement {
  const list = useRef<VirtualizerHandle>(null);
  useLayoutEffect(() => {
    if (reader.follows && length > 0) list.current?.scrollToIndex(length - 1, { align: "end" });
  }, [length]);
  return (
    <div id="scroller" style={{ height: "100vh", overflowY: "auto", overflowAnchor: "none" }}>
      <Virtualizer ref={list} data={{ length }}>
        {(_, index) => row(index)}
      </Virtualizer>
    </div>
  );
}

/** Moves `px` up in every frame, then down again; the milliseconds between frames. */
export function scroll(frames: number, px: number): Promise<readonly number[]> {
  reader.follows = false;
  const scroller = document.querySelector("#scroller");
  if (!scroller) throw new Error("unable to scroll; there is no list");
  const gaps: number[] = [];
  return new Promise((resolve) => {
    let before = performance.now();
    const step = (): void => {
      const now = performance.now();
      gaps.push(now - before);
      before = now;
      if (gaps.length >= frames) return resolve(gaps);
      scroller.scrollTop += gaps.length < frames / 2 ? -px : px;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}
