// @ts-check

/** How long a person may think about the browser's question before we offer the other ways. */
const ASK_MS = 90_000;
/** What a camera needs until focus and zoom have settled and its light shows among its capabilities. */
const SETTLE_MS = 500;
/** Cameras tried after the first one when that one cannot focus. */
const MOST_TRIES = 3;
/** Pixels for the long side: at twice the zoom, 44 digits are then about 3 px a module from 15 cm away. */
const WIDTH = 1920;
const HEIGHT = 1080;
const ZOOM = 2;

/**
 * @typedef {'denied' | 'missing' | 'busy' | 'unfit' | 'unsupported' | 'insecure' | 'timeout' | 'lost'} CameraFault
 * @typedef {MediaTrackCapabilities & { focusMode?: string[], zoom?: { min: number, max: number }, torch?: boolean }} Caps
 */

/** Why there is no camera, by the name of the help page that tells it. */
export class CameraProblem extends Error {
  /**
   * @param {CameraFault} fault
   * @param {unknown} [cause]
   */
  constructor(fault, cause) {
    super(`no camera: ${fault}`, { cause });
    this.name = 'CameraProblem';
    this.fault = fault;
  }
}

/**
 * @param {unknown} error what getUserMedia threw
 * @returns {CameraFault}
 */
export function faultOf(error) {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'PermissionDeniedError':
      return 'denied';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
      return 'missing';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy';
    case 'OverconstrainedError':
    case 'ConstraintNotSatisfiedError':
      return 'unfit';
    default:
      return 'unsupported';
  }
}

/**
 * The rear cameras of a phone, the likeliest for close reading first. Labels are there once the camera was granted;
 * without any that tells front from rear, nothing is ranked.
 *
 * @param {readonly { kind: string, label: string, deviceId: string }[]} devices
 * @returns {string[]} device ids
 */
export function rankRear(devices) {
  /** @param {string} label */
  const rank = (label) => {
    // Apple's joined cameras change lens by themselves when the paper comes near.
    if (/triple|トリプル/i.test(label)) return 0;
    if (/dual wide|デュアル広角/i.test(label)) return 1;
    // Android's first rear camera is the main one, the others are often without focus.
    if (/camera2? 0,/i.test(label)) return 2;
    if (/ultra|tele|macro|depth|超広角|望遠/i.test(label)) return 5;
    if (/dual|デュアル/i.test(label)) return 3;
    return 4;
  };
  return devices
    .filter(({ kind, label }) => kind === 'videoinput' && /back|rear|environment|背面|後ろ|外側/i.test(label))
    .map(({ deviceId, label }, at) => ({ deviceId, rank: rank(label), at }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ deviceId }) => deviceId);
}

/**
 * The camera's life: opened on request, stopped while the page is hidden, opened once on return, by the device that
 * was found good before (by `facingMode` an iPhone may come back with its widest lens).
 */
export class Camera {
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {string | null} */
  #deviceId = null;
  #wanted = false;
  /** Counts openings, so that one which was overtaken lets its stream go. */
  #turn = 0;
  /** @type {Promise<void> | null} */
  #opening = null;

  /**
   * @param {object} hear
   * @param {() => void} hear.live the picture runs
   * @param {() => void} hear.stopped the picture stands still because the page is hidden
   * @param {(problem: CameraProblem) => void} hear.problem
   * @param {(available: boolean) => void} hear.torch whether this camera has a light
   */
  constructor(hear) {
    this.hear = hear;
    /** @type {HTMLVideoElement | null} */
    this.video = null;
    this.lit = false;
    const back = () => this.#return();
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#hide() : back()));
    addEventListener('pageshow', back);
    addEventListener('focus', back);
  }

  /** @param {HTMLVideoElement} video */
  async open(video) {
    this.video = video;
    this.#wanted = true;
    await this.#open();
  }

  /** Opens anew what stands still although the browser calls it live. */
  async reopen() {
    if (!this.#wanted) return;
    this.#stop();
    await this.#open();
  }

  close() {
    this.#wanted = false;
    this.#stop();
    this.video = null;
  }

  /** @param {boolean} lit */
  async torch(lit) {
    const track = this.#stream?.getVideoTracks()[0];
    if (!track) return;
    await apply(track, { torch: lit });
    this.lit = lit;
  }

  #hide() {
    if (!this.#wanted) return;
    this.#stop();
    this.hear.stopped();
  }

  #return() {
    if (!this.#wanted || document.hidden || this.#opening) return;
    const track = this.#stream?.getVideoTracks()[0];
    if (track?.readyState === 'live') return;
    void this.#open();
  }

  #stop() {
    this.#turn += 1;
    this.#opening = null;
    this.#release(this.#stream);
    this.#stream = null;
    this.lit = false;
    if (this.video) this.video.srcObject = null;
  }

  /** @param {MediaStream | null} stream */
  #release(stream) {
    for (const track of stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
  }

  async #open() {
    if (this.#opening) return this.#opening;
    const turn = (this.#turn += 1);
    const opening = this.#start(turn).catch((error) => {
      if (turn !== this.#turn) return;
      this.close();
      this.hear.problem(error instanceof CameraProblem ? error : new CameraProblem(faultOf(error), error));
    });
    this.#opening = opening;
    await opening;
    if (this.#opening === opening) this.#opening = null;
  }

  /** @param {number} turn */
  async #start(turn) {
    if (!globalThis.isSecureContext) throw new CameraProblem('insecure');
    if (typeof navigator.mediaDevices?.getUserMedia !== 'function') throw new CameraProblem('unsupported');
    let stream = await this.#ask(turn);
    if (turn !== this.#turn) return this.#release(stream);
    if (!this.#deviceId) stream = await this.#choose(stream, turn);
    const track = stream.getVideoTracks()[0];
    if (turn !== this.#turn || !track) return this.#release(stream);
    this.#stream = stream;
    this.#deviceId = track.getSettings?.().deviceId ?? null;
    track.onended = () => {
      if (turn !== this.#turn) return;
      this.close();
      this.hear.problem(new CameraProblem('lost'));
    };
    await tune(track);
    const { video } = this;
    if (turn !== this.#turn || !video) return;
    video.srcObject = stream;
    try {
      await video.play();
    } catch (error) {
      // A play() that another load overtook is no fault; one that was refused is.
      if (turn === this.#turn && error instanceof Error && error.name !== 'AbortError') throw error;
    }
    if (turn !== this.#turn) return;
    this.hear.live();
    setTimeout(() => {
      if (turn === this.#turn) this.hear.torch(capabilities(track).torch === true);
    }, SETTLE_MS);
  }

  /**
   * Resolution is asked for later: asked for here it may change which camera is given.
   *
   * @param {number} turn
   * @returns {Promise<MediaStream>}
   */
  async #ask(turn) {
    if (this.#deviceId) {
      try {
        return await this.#get({ deviceId: { exact: this.#deviceId } }, turn);
      } catch (error) {
        if (faultOf(error) !== 'unfit' && faultOf(error) !== 'missing') throw error;
        this.#deviceId = null;
      }
    }
    return this.#get({ facingMode: { ideal: 'environment' } }, turn);
  }

  /**
   * @param {MediaTrackConstraints} video
   * @param {number} turn
   * @returns {Promise<MediaStream>}
   */
  #get(video, turn) {
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(new CameraProblem('timeout'));
      }, ASK_MS);
      navigator.mediaDevices.getUserMedia({ video, audio: false }).then(
        (stream) => {
          clearTimeout(timer);
          // Granted after we gave up, or after the person went on: the camera must not stay on.
          if (late || turn !== this.#turn) this.#release(stream);
          if (!late) resolve(stream);
        },
        (error) => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  /**
   * If the camera given cannot focus by itself, the next rear ones are tried, one stream at a time (a second one
   * ends the first on iPhones).
   *
   * @param {MediaStream} first
   * @param {number} turn
   * @returns {Promise<MediaStream>}
   */
  async #choose(first, turn) {
    const track = first.getVideoTracks()[0];
    if (!track) return first;
    const focus = capabilities(track).focusMode;
    if (focus?.includes('continuous')) return first;
    const devices = (await navigator.mediaDevices.enumerateDevices?.().catch(() => [])) ?? [];
    const own = track.getSettings?.().deviceId ?? '';
    const ranked = rankRear(devices);
    // Where the browser does not tell about focus (iPhones), only the camera ranked best is worth a change.
    const others = focus ? ranked.filter((id) => id !== own) : ranked.slice(0, 1).filter((id) => id !== own);
    let stream = first;
    for (const id of others.slice(0, MOST_TRIES)) {
      if (turn !== this.#turn) break;
      this.#release(stream);
      try {
        stream = await this.#get({ deviceId: { exact: id } }, turn);
      } catch {
        continue;
      }
      const next = stream.getVideoTracks()[0];
      const modes = next ? capabilities(next).focusMode : undefined;
      if (modes?.includes('continuous') || (!focus && !modes)) return stream;
    }
    if (stream.getVideoTracks().some((each) => each.readyState === 'live') && others.length === 0) return stream;
    if (turn !== this.#turn) return stream;
    this.#release(stream);
    return this.#get(own ? { deviceId: { exact: own } } : { facingMode: { ideal: 'environment' } }, turn);
  }
}

/**
 * @param {MediaStreamTrack} track
 * @returns {Caps}
 */
function capabilities(track) {
  return /** @type {Caps} */ (track.getCapabilities?.() ?? {});
}

/**
 * Sharpness, focus and zoom, each on its own: a camera that refuses one keeps the others.
 *
 * @param {MediaStreamTrack} track
 */
async function tune(track) {
  const caps = capabilities(track);
  await track
    .applyConstraints({ width: { ideal: WIDTH }, height: { ideal: HEIGHT }, frameRate: { ideal: 30 } })
    .catch(() => {});
  if (caps.focusMode?.includes('continuous')) await apply(track, { focusMode: 'continuous' });
  if (caps.zoom && caps.zoom.max > 1) await apply(track, { zoom: Math.min(ZOOM, caps.zoom.max) });
}

/**
 * @param {MediaStreamTrack} track
 * @param {Record<string, unknown>} constraint one that the types do not know yet
 */
async function apply(track, constraint) {
  // Together with the size: constraints that are applied replace those before them.
  const size = { width: { ideal: WIDTH }, height: { ideal: HEIGHT }, frameRate: { ideal: 30 } };
  const name = Object.keys(constraint)[0] ?? '';
  const before = track.getConstraints?.().advanced ?? [];
  const advanced = [...before.filter((each) => !(name in each)), constraint];
  await track.applyConstraints({ ...size, advanced: /** @type {any} */ (advanced) }).catch(() => {});
}
