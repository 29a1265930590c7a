import { cedarEngine, type CedarEngine } from './engine.js';
import { compilePolicySet } from './policy-set.js';

/**
 * Loads the engine and takes a first decision, which costs 250 to 350 milliseconds that no request then waits for. Blocks
 * meanwhile. @throws CedarUnavailableError
 */
export function warmUpCedar(engine: CedarEngine = cedarEngine): void {
  const policies = [
    { id: 'warm-up', statement: 'permit (principal, action, resource) when { context has warm };' },
  ];
  const uid = (type: string) => ({ type, id: 'warm-up' });
  compilePolicySet({ id: 'warm-up', policies }, engine).decide({
    principal: uid('Principal'),
    action: uid('Action'),
    resource: uid('Resource'),
    context: { warm: true },
    entities: [{ uid: uid('Principal'), attrs: {}, parents: [] }],
  });
}
