/** A ward's facts, as its TOML file under `www/profiles/` reads as JSON. */
export type Profile = { id: string; [fact: string]: unknown };
export type Options = { today: string; built?: string | null; profile?: Profile | null };

export type Point = { x: number; y: number };
/** Top-left, top-right, bottom-right, bottom-left as the symbol is read, in pixels of the picture. */
export type Corners = [Point, Point, Point, Point];
export type Kind = 'gs1-128-payment' | 'el-qr' | 'web-link' | 'other-qr' | 'other-code';
/** `corners` is missing for digits that were typed. */
export type Seen = { kind: Kind; text: string; valid: boolean; corners?: Corners };
export type Advice =
  | 'done'
  | 'not-found'
  | 'closer'
  | 'farther'
  | 'cut-left'
  | 'cut-right'
  | 'cut-top'
  | 'cut-bottom'
  | 'blurred'
  | 'moving'
  | 'glare'
  | 'tilted'
  | 'too-dark'
  | 'hold-still';
/** `confidence` is 0 to 1; `at` is the place that is meant, where it is one, in pixels of the picture. */
export type Coach = { advice: Advice; confidence: number; at?: Corners };
export type Reading = { symbols: Seen[]; advice: Advice };

export type Severity = 'stop' | 'ask' | 'note';
export type Finding = { id: string; severity: Severity; [value: string]: unknown };
export type Verdict = 'payable' | 'not-payable' | 'ask' | 'no-read';
export type Value =
  { type: 'date'; value: string } | { type: 'yen' | 'number'; value: number } | { type: 'text'; value: string };
export type Message = { key: string; values: Record<string, Value> };
export type App = { name: string; [fact: string]: unknown };
export type Contact = { name: string; [fact: string]: unknown };
export type Step = { next: string; message: Message; details: Message[]; apps?: App[]; contacts?: Contact[] };
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
  contacts?: Contact[];
};
export type Notice = { kind: 'gs1-128-payment' | 'el-qr'; [field: string]: unknown };
export type Report = {
  symbols: Seen[];
  notice: Notice | null;
  findings: Finding[];
  verdict: Verdict;
  answer: Answer | null;
};
/** `report` of live frames is null until two of them, or several together, say the same. */
export type Outcome = {
  report: Report | null;
  advice?: Advice;
  coach?: Coach;
  corners?: Corners;
  error?: { id: string; [value: string]: unknown };
};
export type Typing = {
  groups: { expected_len: number; found_len: number; state: 'empty' | 'partial' | 'ok' | 'wrong'; why?: object }[];
  complete: boolean;
  spread?: string[];
};
