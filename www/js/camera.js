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
/** Steps of the buttons that make the picture larger and smaller, in times the view without zoom. */
const STEPS = [1, 1.5, 2, 3, 4];
/** From this place in the ranking on a lens is made for something else than a paper at arm's length. */
const UNFIT_LENS = 5;

/**
 * @typedef {'denied' | 'missing' | 'busy' | 'unfit' | 'unsupported' | 'insecure' | 'timeout' | 'lost'} CameraFault
 * @typedef {{ now: number, base: number, max: number }} Zoom `base` shows the lens's own view; all in the camera's units
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
 * How likely a lens is to be the right one for reading a paper in the hand, by its name; 0 is the likeliest.
 *
 * @param {string} label
 */
function rank(label) {
  // Apple's joined cameras change lens by themselves when the paper comes near.
  if (/triple|トリプル/i.test(label)) return 0;
  if (/dual wide|デュアル広角/i.test(label)) return 1;
  // Android's first rear camera is the main one, the others are often without focus.
  if (/camera2? 0,/i.test(label)) return 2;
  if (/ultra|tele|macro|depth|fisheye|infrared|mono|超広角|望遠|マクロ|接写|深度|魚眼/i.test(label)) return UNFIT_LENS;
  if (/dual|デュアル/i.test(label)) return 3;
  return 4;
}

/**
 * The rear cameras of a phone, the likeliest for close reading first. Labels are there once the camera was granted;
 * without any that tells front from rear, nothing is ranked.
 *
 * @param {readonly { kind: string, label: string, deviceId: string }[]} devices
 * @returns {string[]} device ids
 */
export function rankRear(devices) {
  return devices
    .filter(
      ({ kind, label }) =>
        kind === 'videoinput' && /back|rear|environment|背面|後ろ|後面|外側|アウトカメラ|リア/i.test(label),
    )
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
   * @param {() => void} hear.able what the camera can do is known: some tell of their light only after a while
   */
  constructor(hear) {
    this.hear = hear;
    /** @type {HTMLVideoElement | null} */
    this.video = null;
    /** Whether it has a light, and whether that is on as far as the camera tells. */
    this.light = false;
    this.lit = false;
    /** @type {Zoom | null} */
    this.zoom = null;
    /** Cameras that a person may choose among. */
    this.choices = 0;
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

  /**
   * @param {boolean} lit
   * @returns {Promise<boolean>} whether the light is on now
   */
  async torch(lit) {
    const track = this.#stream?.getVideoTracks()[0];
    if (!track || !this.light) return false;
    if (await apply(track, { torch: lit })) this.lit = settings(track).torch ?? lit;
    return this.lit;
  }

  /**
   * The next step of zoom.
   *
   * @param {1 | -1} way larger or smaller
   * @returns {Promise<boolean>} whether there was one
   */
  async step(way) {
    const { zoom } = this;
    if (!zoom) return false;
    const steps = STEPS.map((times) => times * zoom.base).filter((value) => value <= zoom.max);
    const next =
      way > 0 ? steps.find((value) => value > zoom.now + 0.01) : steps.findLast((value) => value < zoom.now - 0.01);
    return next === undefined ? false : this.#setZoom(next);
  }

  /**
   * To the view in which a code at the distance of good focus is large enough, or to the lens's own.
   *
   * @param {boolean} large
   */
  async enlarge(large) {
    const { zoom } = this;
    if (zoom) await this.#setZoom(large ? best(zoom) : zoom.base);
  }

  /** Whether the picture is smaller than it may become by itself, and larger than it must be. */
  get room() {
    const { zoom } = this;
    return { larger: zoom !== null && zoom.now < best(zoom) - 0.01, smaller: zoom !== null && zoom.now > zoom.base };
  }

  /** @param {number} wanted */
  async #setZoom(wanted) {
    const track = this.#stream?.getVideoTracks()[0];
    const { zoom } = this;
    if (!track || !zoom || !(await apply(track, { zoom: wanted }))) return false;
    zoom.now = settings(track).zoom ?? wanted;
    return true;
  }

  /**
   * Takes the next of the cameras, where the one that was taken by itself is not the right one: another lens of a
   * phone, the document camera of a counter.
   */
  async change() {
    const ids = await this.#candidates();
    const next = ids[(ids.indexOf(this.#deviceId ?? '') + 1) % ids.length];
    if (!this.#wanted || next === undefined || next === this.#deviceId) return;
    this.#deviceId = next;
    this.zoom = null;
    await this.reopen();
  }

  /** The rear cameras; on a machine where none is called so, all. */
  async #candidates() {
    const devices = await devicesOf();
    const ranked = rankRear(devices);
    if (ranked.length > 0) return ranked;
    return devices.flatMap(({ kind, deviceId }) => (kind === 'videoinput' && deviceId ? [deviceId] : []));
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
    this.light = false;
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
      // The next try begins where the browser does: this camera may be gone.
      this.#deviceId = null;
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
    const deviceId = settings(track).deviceId ?? null;
    // On return the same lens shows the same view; what a person has set is not lost.
    const before = deviceId === this.#deviceId ? (this.zoom?.now ?? null) : null;
    this.#deviceId = deviceId;
    track.onended = () => {
      if (turn !== this.#turn) return;
      this.close();
      this.hear.problem(new CameraProblem('lost'));
    };
    this.zoom = await tune(track, before);
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
      if (turn !== this.#turn) return;
      this.light = capabilities(track).torch === true;
      void this.#candidates().then(({ length }) => {
        this.choices = length;
        if (turn === this.#turn) this.hear.able();
      });
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
   * If the camera given cannot focus by itself, or is a lens for something else, the likelier rear ones are tried, one
   * stream at a time (a second one ends the first on iPhones).
   *
   * @param {MediaStream} first
   * @param {number} turn
   * @returns {Promise<MediaStream>}
   */
  async #choose(first, turn) {
    const own = worth(first);
    if (!own) return first;
    const ranked = rankRear(await devicesOf());
    const good = own.focus === FOCUSES && own.light && rank(own.label) < UNFIT_LENS;
    if (good || ranked.length === 0 || (ranked[0] === own.id && own.focus !== FIXED)) return first;
    // Where the browser does not tell about focus (iPhones), only the camera ranked best is worth a change.
    const others = ranked.filter((id) => id !== own.id).slice(0, own.focus === FIXED ? MOST_TRIES : 1);
    let stream = first;
    let chosen = own;
    for (const id of others) {
      if (turn !== this.#turn) return stream;
      this.#release(stream);
      try {
        stream = await this.#get({ deviceId: { exact: id } }, turn);
      } catch {
        continue;
      }
      const found = worth(stream);
      // As good as the first one, and its name says that it is the better lens.
      if (found && (score(found) > score(chosen) || (score(found) === score(chosen) && own.focus !== FIXED))) {
        chosen = found;
      }
      if (chosen.focus === FOCUSES) break;
    }
    const here =
      stream.getVideoTracks().some((track) => track.readyState === 'live') && worth(stream)?.id === chosen.id;
    if (here || turn !== this.#turn) return stream;
    this.#release(stream);
    return this.#get(chosen.id ? { deviceId: { exact: chosen.id } } : { facingMode: { ideal: 'environment' } }, turn);
  }
}

async function devicesOf() {
  return (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
}

/** What a camera tells of its focus: that it stands still, nothing, or that it follows. */
const FIXED = 0;
const UNTOLD = 1;
const FOCUSES = 2;

/** @param {MediaStream} stream */
function worth(stream) {
  const track = stream.getVideoTracks()[0];
  if (!track) return null;
  const { focusMode, torch } = capabilities(track);
  const focus = focusMode?.includes('continuous') ? FOCUSES : focusMode ? FIXED : UNTOLD;
  return { id: settings(track).deviceId ?? '', label: track.label ?? '', focus, light: torch === true };
}

/** @param {{ focus: number, light: boolean }} camera */
function score({ focus, light }) {
  return 2 * focus + Number(light);
}

/** @param {Zoom} zoom */
function best({ base, max }) {
  return Math.min(ZOOM * base, max);
}

/**
 * @param {MediaStreamTrack} track
 * @returns {MediaTrackSettings & { zoom?: number, torch?: boolean }}
 */
function settings(track) {
  return track.getSettings?.() ?? {};
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
 * @param {number | null} before the zoom it had before the page was away
 * @returns {Promise<Zoom | null>} `null` where the camera has none
 */
async function tune(track, before) {
  const caps = capabilities(track);
  await constrain(track, SIZE);
  if (caps.focusMode?.includes('continuous')) await apply(track, { focusMode: 'continuous' });
  const { min = 1, max = 1 } = caps.zoom ?? {};
  // Some cameras count in percent; where 1 is among the values it is the lens's own view, less is a wider lens.
  const base = min <= 1 && max >= 1 ? 1 : min;
  if (!(max > base)) return null;
  const zoom = { now: base, base, max };
  const wanted = before ?? best(zoom);
  if (await apply(track, { zoom: wanted })) zoom.now = settings(track).zoom ?? wanted;
  return zoom;
}

const SIZE = { width: { ideal: WIDTH }, height: { ideal: HEIGHT }, frameRate: { ideal: 30 } };

/**
 * @param {MediaStreamTrack} track
 * @param {Record<string, unknown>} constraint one that the types do not know yet
 * @returns {Promise<boolean>} whether the camera took it
 */
async function apply(track, constraint) {
  // Together with the size: constraints that are applied replace those before them.
  const name = Object.keys(constraint)[0] ?? '';
  const before = track.getConstraints?.().advanced ?? [];
  const advanced = [...before.filter((each) => !(name in each)), constraint];
  return constrain(track, { ...SIZE, advanced: /** @type {any} */ (advanced) });
}

/**
 * A camera that takes no constraint goes on as it is: the picture is never lost over one.
 *
 * @param {MediaStreamTrack} track
 * @param {MediaTrackConstraints} constraints
 */
async function constrain(track, constraints) {
  try {
    await track.applyConstraints(constraints);
    return true;
  } catch {
    return false;
  }
}
