import { readFile } from 'node:fs/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A profile as V8 writes it (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile). */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Of each sample the node that was at work. */
  readonly samples: readonly number[];
  /** Microseconds from each sample to the next. */
  readonly timeDeltas: readonly number[];
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** What a frame's work counts as; undefined for a frame that works for whoever called it. */
export type Categorize<Category extends string> = (frame: CallFrame) => Category | undefined;

/**
 * Milliseconds by category. A frame without a category of its own counts as the nearest caller's that has one; what none
 * has asked for counts as `rest`.
 */
export function timeByCategory<Category extends string>(
  { nodes, samples, timeDeltas }: CpuProfile,
  categorize: Categorize<Category>,
  rest: Category,
): Map<Category, number> {
  const categories = new Map<number, Category>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const [root] = nodes;
  const pending = root ? [{ node: root, inherited: rest }] : [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const category = categorize(next.node.callFrame) ?? next.inherited;
    categories.set(next.node.id, category);
    for (const id of next.node.children ?? []) {
      const child = byId.get(id);
      if (child) pending.push({ node: child, inherited: category });
    }
  }

  const times = new Map<Category, number>();
  samples.forEach((id, index) => {
    const category = categories.get(id) ?? rest;
    times.set(category, (times.get(category) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
  });
  return times;
}

/** Finds where a frame of a bundle comes from: the path of its source, or that of the frame itself. */
export async function readSources(bundle: string): Promise<(frame: CallFrame) => string> {
  const map = new SourceMap(JSON.parse(await readFile(`${bundle}.map`, 'utf8')) as SourceMapPayload);
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.startsWith('file:') || fileURLToPath(url) !== bundle) return url;
    const entry = map.findEntry(lineNumber, columnNumber);
    return 'originalSource' in entry ? entry.originalSource : url;
  };
}
