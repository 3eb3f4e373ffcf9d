/** What the worker and the page say to each other; the shapes are those of `dist/pkg/maecheck.d.ts`. */

export type Value =
  | { type: 'date'; value: string }
  | { type: 'yen'; value: number }
  | { type: 'number'; value: number }
  | { type: 'text'; value: string };
export type Message = { key: string; values?: Record<string, Value> };
export type Verdict = 'payable' | 'not-payable' | 'ask' | 'no-read';
export type Finding = { id: string; severity: 'stop' | 'ask' | 'note'; [value: string]: unknown };
export type Step = {
  next: string;
  message: Message;
  details?: Message[];
  apps?: App[];
  contacts?: Contact[];
};
/** A name as the ward writes it, and in English. */
export type Names = { ja: string; en: string };
export type App = {
  id: string;
  name: string;
  en: string;
  ceiling: number | null;
  barcode: boolean | null;
  el_qr: boolean | null;
  from: string | null;
  until: string | null;
};
/** As a file of `www/apps/` or `www/profiles/` says it. */
export type Known<T> = T | 'unknown';
/** What is known of an app itself, whichever ward takes payment by it (`www/apps/`). */
export type AppFacts = {
  id: string;
  kind: 'real' | 'sample';
  ja: string;
  en: string;
  barcode: Known<boolean>;
  el_qr: Known<boolean>;
  ceiling: Known<number>;
  fee: Known<boolean>;
  needs: Known<string[]>;
  steps: Known<{ do: string; label?: string }[]>;
  receipt: Known<boolean>;
  undo: Known<boolean>;
  ended: Known<string>;
  source: string | Record<string, string>;
  sources: { id: string; title: string; date: string; confidence: string }[];
};
export type Contact = {
  name: string;
  en: string;
  phone: string | null;
  place: Names | null;
  hours: Names | null;
};
export type Answer = {
  verdict: Verdict;
  headline: Message;
  reason: Message;
  amount: number | null;
  until: string | null;
  due: string | null;
  today: string;
  steps: Step[];
  notes: Message[];
  limits: Message[];
  /** Left out where the profile names nobody. */
  contacts?: Contact[];
};
export type SymbolRead = { kind: string; text: string; valid: boolean; corners?: { x: number; y: number }[] };
export type Report = {
  symbols: SymbolRead[];
  notice: Record<string, unknown> | null;
  findings: Finding[];
  verdict: Verdict;
  answer: Answer | null;
};
/** Advice, how sure it is (0 to 1) and the place that is meant, in pixels of the frame. */
export type Coach = { advice: string; confidence: number; at?: { x: number; y: number }[] };
export type Outcome = {
  report: Report | null;
  advice?: string | null;
  coach?: Coach | null;
  error?: { id: string; [value: string]: unknown } | null;
  /** Of a camera's frame: its mean luminance, 0 (black) to 255. */
  light?: number;
};
export type Typing = Record<string, unknown>;

/** What a visit is judged by. */
export type Options = { today: string; built?: string; profile?: Profile };
export type Profile = { id: string; kind: 'real' | 'sample'; ja: string; en: string; [fact: string]: unknown };

export type Catalogue = {
  meta: { lang: string; name: string; reviewed: boolean };
  /** Drafts have none: no answer is given in them. */
  guide?: Record<string, string>;
  page: Record<string, string>;
};
export type Parts = {
  /** Unpacked when it is asked for: the first screen comes first. */
  wasm: () => Promise<Uint8Array>;
  workerUrl: string;
  words: Record<string, Catalogue>;
  profiles: Profile[];
  /** By the names of their files. */
  apps: Record<string, AppFacts>;
  built: string;
  version: string;
  defaultProfile: string | null;
  sample: () => Promise<Blob>;
};

/** The class that the wasm package exports. */
export interface SessionLike {
  frame(luma: Uint8Array, width: number, height: number, stride?: number): Outcome;
  rgba(pixels: Uint8Array | Uint8ClampedArray, width: number, height: number): Outcome;
  plane(bytes: number): Uint8Array;
  planeFrame(format: string, width: number, height: number, offset: number, stride: number): Outcome;
  photo(bytes: Uint8Array): Outcome;
  pixels(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number): Outcome;
  digits(text: string): Outcome;
  typing(groups: string[]): Typing;
  next(): void;
  forget(): void;
  setToday(today: string, built?: string): void;
  free?(): void;
}
export interface Package {
  init(wasm: Uint8Array): Promise<unknown>;
  Session: new (options: Options) => SessionLike;
}

export type Request =
  | { type: 'init'; wasm: Uint8Array; options: Options }
  | { type: 'options'; options: Options }
  | { type: 'frame'; frame: VideoFrame | ImageBitmap }
  | { type: 'rgba' | 'pixels'; pixels: Uint8ClampedArray; width: number; height: number }
  | { type: 'photo'; bytes: Uint8Array }
  | { type: 'digits'; text: string }
  | { type: 'typing'; groups: string[] }
  | { type: 'next' }
  | { type: 'forget' };
export type Reply = { id: number; ok: boolean; outcome?: unknown; error?: { name: string; message: string } };
