import { resourceText, uidText, type Question } from './question.js';
import { minimumVertexCover, type VertexCover } from './vertex-cover.js';

/** What one BatchIsAuthorized call may hold. */
export interface BatchLimits {
  /** Questions in a call. */
  readonly capacity: number;
  /** Distinct principals among a call's entities. */
  readonly maxPrincipals: number;
  /** Distinct resources among a call's entities. */
  readonly maxResources: number;
}

/** The limits of Verified Permissions (API reference, BatchIsAuthorized). */
export const AVP_BATCH_LIMITS: BatchLimits = { capacity: 30, maxPrincipals: 100, maxResources: 100 };

type Asked = Pick<Question, 'principal' | 'resource' | 'resourceAttributes'>;

/** The two ends of a question, as numbers of the distinct principals and resources asked about. */
interface Edge {
  readonly principal: number;
  readonly resource: number;
}

/**
 * Groups questions into calls: lists of indexes into `questions`, every index in exactly one list. The questions
 * of a call share their principal or their resource, and keep the limits. A resource that is described in several
 * ways counts as several.
 *
 * Questions are edges between principals and resources, so the groups of any plan are a vertex cover, and no plan
 * has fewer calls than the smallest one has vertices. The plan is made from smallest covers; groups larger than
 * the capacity are cut. Hence, for n questions, a smallest cover of k vertices and a capacity of c:
 * - where no group had to be cut, no plan has fewer calls;
 * - else no plan has fewer by more than one call for each principal or resource with more than c questions;
 * - in any case there are at most k + ⌊(n − k) / c⌋ calls: less than twice the fewest possible, since every plan
 *   needs both k and n / c.
 */
export function planBatches(
  questions: readonly Asked[],
  limits: BatchLimits = AVP_BATCH_LIMITS,
): readonly (readonly number[])[] {
  // A call names one principal or one resource, and no more of the other than it has questions.
  const size = Math.min(limits.capacity, limits.maxPrincipals, limits.maxResources);
  const { edges, principals, resources } = toEdges(questions);
  // The covers at both ends of the range: the one richest in principals, and the one richest in resources.
  const byPrincipal = groupBy(minimumVertexCover(graphOf(edges, principals, resources)), edges, size);
  const flipped = edges.map(({ principal, resource }) => ({ principal: resource, resource: principal }));
  const byResource = groupBy(minimumVertexCover(graphOf(flipped, resources, principals)), flipped, size);
  const groups = countCalls(byResource, size) < countCalls(byPrincipal, size) ? byResource : byPrincipal;
  return groups.flatMap((group) => chunk(group, size));
}

function toEdges(questions: readonly Asked[]) {
  const principals = new Map<string, number>();
  const resources = new Map<string, number>();
  const edges = questions.map((question): Edge => ({
    principal: numberOf(principals, uidText(question.principal)),
    resource: numberOf(resources, resourceText(question)),
  }));
  return { edges, principals: principals.size, resources: resources.size };
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

function graphOf(edges: readonly Edge[], principals: number, resources: number) {
  const neighbours = Array.from({ length: principals }, () => new Set<number>());
  for (const { principal, resource } of edges) neighbours[principal]?.add(resource);
  return { neighbours: neighbours.map((set) => [...set]), rightSize: resources };
}

/** Gives every question to a vertex of the cover that it touches. */
function groupBy(cover: VertexCover, edges: readonly Edge[], size: number): number[][] {
  const byPrincipal = new Map([...cover.left].map((principal) => [principal, [] as number[]]));
  const byResource = new Map([...cover.right].map((resource) => [resource, [] as number[]]));
  const undecided: { index: number; choices: [number[], number[]] }[] = [];
  for (const [index, { principal, resource }] of edges.entries()) {
    const mine = byPrincipal.get(principal);
    const theirs = byResource.get(resource);
    if (mine && theirs) undecided.push({ index, choices: [mine, theirs] });
    else (mine ?? theirs)?.push(index);
  }
  // Whoever may go either way fills up calls that are begun, the fuller one first; a new call is begun only where
  // both are full.
  for (const { index, choices } of undecided) {
    const [first, second] = choices;
    const preferred = roomIn(first, size) <= roomIn(second, size) ? first : second;
    const other = preferred === first ? second : first;
    (roomIn(preferred, size) > 0 || roomIn(other, size) === 0 ? preferred : other).push(index);
  }
  return [...byPrincipal.values(), ...byResource.values()];
}

/** How many more questions the last call of a group takes. */
const roomIn = (group: readonly number[], size: number) => (size - (group.length % size)) % size;

const countCalls = (groups: readonly (readonly number[])[], size: number) =>
  groups.reduce((calls, group) => calls + Math.ceil(group.length / size), 0);

function chunk(group: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(group.length / size) }, (_, call) =>
    group.slice(call * size, (call + 1) * size),
  );
}
