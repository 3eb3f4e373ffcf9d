// @ts-check

/** The doors that a content-security policy leaves open, or shuts only in some browsers. */
const DOORS = [
  'RTCPeerConnection',
  'webkitRTCPeerConnection',
  'mozRTCPeerConnection',
  'RTCDataChannel',
  'WebTransport',
  'SharedWorker',
];

/**
 * Takes away what could send something out past the policy (STUN packets are not held back by any policy).
 * It is a second line behind the policy and runs before anything else, on the page and in the worker.
 *
 * @param {Record<string, any>} [scope] the global object
 */
export function harden(scope = globalThis) {
  for (const name of DOORS) shut(scope, name);
  const prototype = Object.getPrototypeOf(scope.navigator ?? null);
  if (prototype) shut(prototype, 'sendBeacon');
}

/**
 * @param {Record<string, any>} owner
 * @param {string} name
 */
function shut(owner, name) {
  if (!(name in owner)) return;
  try {
    delete owner[name];
    if (name in owner) Object.defineProperty(owner, name, { value: undefined });
  } catch {
    // A browser that will not let go of it still stands behind the policy.
  }
}
