import { describe, expect, it } from "vitest";
import { asHeld, createScope, type Scope } from "./observable.ts";

function scopeWithErrors(): { scope: Scope; errors: unknown[] } {
  const errors: unknown[] = [];
  return { scope: createScope((error) => errors.push(error)), errors };
}

describe("a cell", () => {
  it("gives its value, and tells listeners of each change but not at once", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(1);
    const heard: number[] = [];
    cell.subscribe((value) => heard.push(value));
    expect(heard).toEqual([]);
    cell.set(2);
    cell.set(3);
    expect(cell.get()).toBe(3);
    expect(heard).toEqual([2, 3]);
  });

  it("tells nobody of an identical value", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(Number.NaN);
    const heard: number[] = [];
    cell.subscribe((value) => heard.push(value));
    cell.set(Number.NaN);
    expect(heard).toEqual([]);
  });

  it("ends exactly the subscription that was ended, also for a function given twice", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(0);
    const heard: number[] = [];
    const listener = (value: number): void => void heard.push(value);
    const end = cell.subscribe(listener);
    cell.subscribe(listener);
    end();
    end();
    cell.set(1);
    expect(heard).toEqual([1]);
  });

  it("does not tell a listener that another ended meanwhile, nor one that began meanwhile", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(0);
    const heard: string[] = [];
    cell.subscribe(() => {
      endSecond();
      cell.subscribe((value) => heard.push(`new ${value}`));
    });
    const endSecond = cell.subscribe((value) => heard.push(`second ${value}`));
    cell.set(1);
    expect(heard).toEqual([]);
  });

  it("[D10] reports a listener that throws and still tells the others and the one who sets", () => {
    const { scope, errors } = scopeWithErrors();
    const cell = scope.cell(0);
    const heard: number[] = [];
    cell.subscribe(() => {
      throw new Error("mine");
    });
    cell.subscribe((value) => heard.push(value));
    expect(() => cell.set(1)).not.toThrow();
    expect(heard).toEqual([1]);
    expect(errors).toEqual([new Error("mine")]);
  });
});

describe("a lazy value", () => {
  it("is computed when it is read, once per invalidation", () => {
    const { scope } = scopeWithErrors();
    let computed = 0;
    const lazy = scope.lazy(() => (computed += 1));
    lazy.invalidate();
    lazy.invalidate();
    expect(computed).toBe(0);
    expect([lazy.get(), lazy.get()]).toEqual([1, 1]);
    lazy.invalidate();
    expect(lazy.get()).toBe(2);
  });

  it("keeps one reference until it is invalidated", () => {
    const { scope } = scopeWithErrors();
    const lazy = scope.lazy(() => ({}));
    const first = lazy.get();
    expect(lazy.get()).toBe(first);
    lazy.invalidate();
    expect(lazy.get()).not.toBe(first);
  });

  it("[D10] reports a computation that throws to no listener but to the owner", () => {
    const { scope, errors } = scopeWithErrors();
    const lazy = scope.lazy<number>(() => {
      throw new Error("computing");
    });
    lazy.subscribe(() => {});
    expect(() => lazy.invalidate()).not.toThrow();
    expect(errors).toEqual([new Error("computing")]);
  });
});

describe("what is as it was before", () => {
  it("is told to nobody, by a cell that was set back or a lazy value computed again", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(1);
    const half = scope.lazy(
      () => [cell.get() >> 1],
      ([before], [now]) => before === now,
    );
    const told: unknown[] = [];
    const first = half.get();
    cell.subscribe((value) => void told.push(value));
    half.subscribe((value) => void told.push(value));
    const set = (value: number): void => {
      cell.set(value);
      half.invalidate();
    };
    scope.batch(() => [2, 1].forEach(set));
    expect(told).toEqual([]);
    expect(half.get()).toBe(first);
    set(2);
    set(3);
    expect(told).toEqual([2, [1], 3]);
  });

  it("is told to who has read something else in between, inside the batch", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(0);
    const lazy = scope.lazy(() => cell.get());
    const told: string[] = [];
    expect([cell.get(), lazy.get()]).toEqual([0, 0]);
    cell.subscribe((value) => void told.push(`cell ${value}`));
    lazy.subscribe((value) => void told.push(`lazy ${value}`));
    scope.batch(() => {
      for (const value of [1, 0]) {
        cell.set(value);
        lazy.invalidate();
        if (value === 1) expect([cell.get(), lazy.get()]).toEqual([1, 1]);
      }
    });
    expect(told).toEqual(["cell 0", "lazy 0"]);
  });

  it("is told to who has read something else since they subscribed", () => {
    const { scope } = scopeWithErrors();
    let now = 0;
    const lazy = scope.lazy(() => now);
    const set = (value: number): void => {
      now = value;
      lazy.invalidate();
    };
    lazy.get();
    set(1); // nobody has read this when the listener comes
    const told: number[] = [];
    lazy.subscribe((value) => void told.push(value));
    expect(lazy.get()).toBe(1);
    set(0);
    expect(told).toEqual([0]);
  });
});

describe("a batch", () => {
  it("announces many changes once, at the end of the outermost", () => {
    const { scope } = scopeWithErrors();
    const name = scope.cell("a");
    const length = scope.lazy(() => name.get().length);
    const heard: unknown[] = [];
    name.subscribe((value) => heard.push(value));
    length.subscribe((value) => heard.push(value));
    const answer = scope.batch(() => {
      scope.batch(() => name.set("ab"));
      length.invalidate();
      name.set("abc");
      length.invalidate();
      expect(heard).toEqual([]);
      expect(length.get()).toBe(3);
      return "done";
    });
    expect(answer).toBe("done");
    expect(heard).toEqual(["abc", 3]);
  });

  it("announces what changed before the work threw, and lets the error through", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(0);
    const heard: number[] = [];
    cell.subscribe((value) => heard.push(value));
    const work = (): void => {
      cell.set(1);
      throw new Error("work");
    };
    expect(() => scope.batch(work)).toThrow("work");
    cell.set(2);
    expect(heard).toEqual([1, 2]);
  });

  it("puts off what a listener changes until everyone was told of the change before", () => {
    const { scope } = scopeWithErrors();
    const first = scope.cell(0);
    const second = scope.cell(0);
    const heard: string[] = [];
    first.subscribe((value) => {
      second.set(value * 10);
      heard.push(`first a ${value}`);
    });
    first.subscribe((value) => heard.push(`first b ${value}`));
    second.subscribe((value) => heard.push(`second ${value}`));
    first.set(1);
    expect(heard).toEqual(["first a 1", "first b 1", "second 10"]);
  });

  it("hands out the newest value once, never one that a listener before has already replaced", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(0);
    const heard: number[] = [];
    cell.subscribe((value) => {
      if (value % 2 === 1) cell.set(value + 1);
    });
    cell.subscribe((value) => heard.push(value));
    cell.set(1);
    expect(cell.get()).toBe(2);
    expect(heard).toEqual([2]);
  });

  it("[D9] cuts off listeners that answer each change with another, and goes on working", () => {
    const { scope, errors } = scopeWithErrors();
    const cell = scope.cell(0);
    const ends = [1, 2].map(() => cell.subscribe((value) => cell.set(value + 1)));
    cell.set(1);
    expect(errors).toEqual([expect.any(RangeError)]);
    for (const end of ends) end();
    const heard: number[] = [];
    cell.subscribe((value) => heard.push(value));
    cell.set(-1);
    expect(heard).toEqual([-1]);
  });

  it("works on after the owner's own error handler threw", () => {
    const scope = createScope((error) => {
      throw error;
    });
    const cell = scope.cell(0);
    const end = cell.subscribe(() => {
      throw new Error("listener");
    });
    expect(() => cell.set(1)).toThrow("listener");
    end();
    const heard: number[] = [];
    cell.subscribe((value) => heard.push(value));
    cell.set(2);
    expect(heard).toEqual([2]);
  });
});

describe("what was held", () => {
  it("is what a cell had when its scope was held, however often it is set", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(1);
    cell.set(2);
    expect(asHeld(cell.get)).toBe(2);
    scope.hold();
    cell.set(3);
    cell.set(4);
    expect([asHeld(cell.get), cell.get()]).toEqual([2, 4]);
  });

  it("is what was computed before the first change, also of what was made later and is listened to", () => {
    const { scope } = scopeWithErrors();
    let source = "one";
    const early = scope.lazy(() => [source]);
    const held = early.get();
    scope.hold();
    const late = scope.lazy(() => [source]);
    late.subscribe(() => {});
    source = "two";
    for (const lazy of [early, late]) lazy.invalidate();
    expect(asHeld(early.get)).toBe(held);
    expect(asHeld(() => [early.get(), late.get()])).toEqual([["one"], ["one"]]);
    expect([early.get(), late.get()]).toEqual([["two"], ["two"]]);
  });

  it("does not get into what is computed now, and reading it may fail", () => {
    const { scope } = scopeWithErrors();
    const cell = scope.cell(1);
    scope.hold();
    cell.set(2);
    const sum = scope.lazy(() => cell.get() + 1);
    expect(() =>
      asHeld(() => {
        throw new Error("x");
      }),
    ).toThrow("x");
    expect([asHeld(sum.get), sum.get(), asHeld(() => cell.get() + 1)]).toEqual([3, 3, 2]);
  });
});
