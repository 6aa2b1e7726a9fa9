/**
 * Listeners that go when their AbortSignal says so.
 */

/**
 * @returns {{on: (type: string, fn: (value: any) => void, signal: AbortSignal) => void,
 *   emit: (type: string, value: unknown) => void}}
 */
export function listeners() {
  /** @type {Map<string, Set<(value: any) => void>>} */
  const byType = new Map();
  return {
    on: (type, fn, signal) => {
      if (signal.aborted) return;
      const set = byType.get(type) ?? new Set();
      byType.set(type, set.add(fn));
      signal.addEventListener("abort", () => set.delete(fn), { once: true });
    },
    emit: (type, value) => {
      for (const fn of [...(byType.get(type) ?? [])]) fn(value);
    },
  };
}
