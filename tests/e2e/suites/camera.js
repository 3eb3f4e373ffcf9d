// @ts-check
/** The camera, and all the ways in which there may be none. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { advise, cameraLog, endTrack, fakeCamera, heard, hurry, listen, setVisibility } from '../camera.js';
import * as fixtures from '../fixtures.js';
import { said, startScreenReader } from '../screen-reader.js';
import { action, answer, confirm, shot, step, text } from '../visit.js';

/** @typedef {import('../visit.js').Page} Page */

/** @param {import('../visit.js').Stage} stage */
export function camera(stage) {
  const { visit } = stage;

  if (stage.name === 'chromium') film(stage);
  if (stage.name === 'chromium') prompt(stage);

  visit('the camera is asked for only after the button, and stops as soon as the code is read', async (page) => {
    await fakeCamera(page, { pictures: [await fixtures.photo()] });
    assert.equal((await cameraLog(page)).calls, 0, 'nothing is asked before the button');
    await page.click(action('camera'));
    await step(page, 'confirm', 30_000);
    const log = await cameraLog(page);
    assert.equal(log.live, 0, 'no picture is taken any more');
    assert.equal(log.constraints[0]?.audio ?? false, false, 'the microphone is none of our business');
    assert.match(await text(page), /12,500/);
    assert.equal((await confirm(page)).verdict, 'payable');
  });

  visit('where a frame cannot be handed over as it is, the worker reads its pixels, and not the page', async (page) => {
    await page.evaluate(() => {
      const scene = /** @type {any} */ (window);
      // As Firefox is on phones.
      delete scene.VideoFrame;
      Object.assign(scene, { __sent: [], __readBack: 0 });
      const send = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any[]} */ ...rest) {
        if (message.frame || message.type === 'rgba')
          scene.__sent.push(message.frame?.constructor.name ?? message.type);
        return send.apply(this, /** @type {any} */ ([message, ...rest]));
      };
      const readBack = CanvasRenderingContext2D.prototype.getImageData;
      CanvasRenderingContext2D.prototype.getImageData = function (/** @type {any[]} */ ...args) {
        scene.__readBack += 1;
        return readBack.apply(this, /** @type {any} */ (args));
      };
    });
    await fakeCamera(page, { pictures: [await fixtures.photo()] });
    await page.click(action('camera'));
    await step(page, 'confirm', 30_000);
    assert.match(await text(page), /12,500/);
    const { sent, readBack } = await page.evaluate(() => {
      const scene = /** @type {any} */ (window);
      return { sent: /** @type {string[]} */ (scene.__sent), readBack: /** @type {number} */ (scene.__readBack) };
    });
    assert.ok(sent.length >= 2);
    assert.deepEqual([...new Set(sent)], ['ImageBitmap']);
    assert.equal(readBack, 0);
  });

  /** @type {[string, import('../camera.js').Behaviour][]} */
  const failures = [
    ['refused', { refuse: 'NotAllowedError' }],
    ['missing', { refuse: 'NotFoundError' }],
    ['busy', { refuse: 'NotReadableError' }],
    ['of the wrong kind', { refuse: 'OverconstrainedError' }],
    ['not offered by the browser', { missing: true }],
  ];
  for (const [how, behaviour] of failures) {
    visit(`camera ${how}: plain help, and the other ways stay open`, async (page) => {
      await fakeCamera(page, behaviour);
      await page.click(action('camera'));
      await step(page, 'help');
      await otherWays(page);
      await shot(page, `camera-${how.replaceAll(' ', '-')}`);
    });
  }

  visit('camera lost while it runs: plain help, and the other ways stay open', async (page) => {
    await fakeCamera(page, {});
    await page.click(action('camera'));
    await step(page, 'camera');
    await page.waitFor(() => /** @type {any} */ (window).__camera.tracks.length > 0);
    await playing(page);
    await endTrack(page);
    await step(page, 'help');
    await otherWays(page);
  });

  visit('a black picture is told in words while the camera goes on', async (page) => {
    await fakeCamera(page, {});
    await page.click(action('camera'));
    await step(page, 'camera');
    await page.waitFor(
      () => /まっくら|真っ暗|暗|ふさ|くら/.test(document.querySelector('main')?.innerText ?? ''),
      15_000,
    );
    await otherWays(page);
    await shot(page, 'camera-black');
  });

  visit('hidden page: the camera is let go; back again: it is opened once', async (page) => {
    await fakeCamera(page, {});
    await page.click(action('camera'));
    await step(page, 'camera');
    await playing(page);
    const before = await cameraLog(page);
    await setVisibility(page, 'hidden');
    await page.waitFor(() =>
      /** @type {any} */ (window).__camera.tracks.every((/** @type {any} */ track) => track.readyState === 'ended'),
    );
    await setVisibility(page, 'visible');
    // A window that comes back may say so three times over.
    await page.evaluate(() => {
      window.dispatchEvent(new Event('focus'));
      window.dispatchEvent(new Event('pageshow'));
    });
    await playing(page);
    const after = await cameraLog(page);
    assert.equal(after.calls, before.calls + 1);
    assert.equal(after.live, 1);
  });

  visit('a worker that dies or stalls is replaced, and the reading goes on', async (page) => {
    await page.evaluate(() => {
      // The page's worker shows itself the next time it is spoken to.
      const send = Worker.prototype.postMessage;
      const seen = /** @type {any} */ (/** @type {any} */ (window).__workers = []);
      Worker.prototype.postMessage = function (/** @type {any[]} */ ...args) {
        if (!seen.includes(this)) seen.push(this);
        return send.apply(this, /** @type {any} */ (args));
      };
    });
    await fakeCamera(page, {});
    await page.click(action('camera'));
    await page.waitFor(() => /** @type {any} */ (window).__workers.length === 1, 15_000);
    // Killed from outside it says nothing at all: that is a stall, and takes the page's patience to be noticed.
    await page.evaluate(() => /** @type {any} */ (window).__workers[0].terminate());
    await page.waitFor(() => /** @type {any} */ (window).__workers.length === 2, 30_000);
    await page.evaluate(() => /** @type {any} */ (window).__workers[1].dispatchEvent(new ErrorEvent('error')));
    await page.waitFor(() => /** @type {any} */ (window).__workers.length === 3, 15_000);
    await page.setFile('[data-input="photo"]', await fixtures.photo());
    await step(page, 'confirm', 30_000);
    assert.equal((await confirm(page)).verdict, 'payable');
  });

  visit('advice is said, drawn and sounded, one at a time and calmly', async (page) => {
    await inHand(page);
    await listen(page);
    await fakeCamera(page, { size: [720, 1280] });
    await advise(page, 'cut-left', PLACE);
    await page.click(action('camera'));
    await page.waitFor('.finder[data-arrow="left"][data-seen]', 15_000);
    assert.match(await status(page), /左/);
    await shot(page, 'camera-cut-left');
    assert.equal(await page.evaluate(() => document.querySelector('.whereabouts')?.checkVisibility()), false);
    const drawn = await page.evaluate(() => {
      const box = (/** @type {string} */ css) =>
        /** @type {Element} */ (document.querySelector(css)).getBoundingClientRect();
      const [finder, arrow, code] = [box('.finder'), box('.arrow.one'), box('.traced .over')];
      return {
        arrow: (arrow.left + arrow.width / 2 - finder.left) / finder.width,
        code: [(code.left - finder.left) / finder.width, (code.right - finder.left) / finder.width],
        middle: (code.top + code.height / 2 - finder.top) / finder.height,
        moving: document.getAnimations().length,
      };
    });
    assert.ok(drawn.arrow < 0.3, 'the arrow is at the side that is cut off');
    for (const [at, edge] of [0.1, 0.8].entries()) {
      assert.ok(Math.abs((drawn.code[at] ?? 0) - edge) < 0.05, `the code is drawn where it is: ${drawn.code}`);
    }
    assert.ok(Math.abs(drawn.middle - 0.5) < 0.05, 'also from above to below');
    assert.equal(drawn.moving, 0, 'nothing moves by itself');
    assert.deepEqual(await torn(page), [], 'words in columns');
    const { pitches } = await heard(page);
    assert.ok(pitches.length > 0 && pitches.every((pitch) => pitch === 1320), `sounds of a code in sight: ${pitches}`);

    await advise(page, 'not-found');
    await page.waitFor(
      () => /見つかりません/.test(document.querySelector('[role="status"]')?.textContent ?? ''),
      15_000,
    );
    assert.equal(
      await page.evaluate(() => document.querySelector('.finder')?.matches('[data-arrow], [data-seen]')),
      false,
    );
    assert.equal(await page.evaluate(() => document.querySelector('.whereabouts')?.checkVisibility()), true);
    await page.waitFor(() => /** @type {any} */ (window).__heard.pitches.at(-1) === 880, 10_000);
  });

  visit('before a camera that stands on a desk it is the paper that is to be moved', async (page) => {
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'userAgent', { configurable: true, get: () => 'Windows NT 10.0; Win64; x64' });
    });
    await fakeCamera(page, { size: [1280, 720] });
    await advise(page, 'cut-left', PLACE);
    await page.click(action('camera'));
    await page.waitFor(
      () => /紙を まん中へ/.test(document.querySelector('[role="status"]')?.textContent ?? ''),
      15_000,
    );
    assert.equal(await page.evaluate(() => document.querySelector('.finder')?.matches('[data-arrow]')), false);
    await advise(page, 'closer', PLACE);
    await page.waitFor('.finder[data-arrow="nearer"]', 15_000);
  });

  visit('however fast advice changes, words and sounds stay long enough', async (page) => {
    await listen(page);
    await fakeCamera(page, { size: [640, 480] });
    await advise(page, 'not-found');
    await page.click(action('camera'));
    await page.waitFor(() => (document.querySelector('[role="status"]')?.textContent ?? '') !== '', 15_000);
    const { said, seconds } = await page.evaluate(async () => {
      const scene = /** @type {any} */ (window);
      const place = /** @type {Element} */ (document.querySelector('[role="status"]'));
      /** @type {[number, string][]} */
      const changes = [];
      const watch = new MutationObserver(() => changes.push([performance.now(), place.textContent ?? '']));
      watch.observe(place, { childList: true });
      const from = performance.now();
      const all = ['closer', 'blurred', 'tilted', 'cut-top', 'hold-still', 'not-found', 'moving', 'glare'];
      for (let turn = 0; turn < 18; turn += 1) {
        scene.__advice = { advice: all[turn % all.length] };
        await new Promise((resolve) => setTimeout(resolve, 700));
      }
      watch.disconnect();
      return { said: changes, seconds: (performance.now() - from) / 1_000 };
    });
    assert.ok(said.length >= 2, 'advice is said');
    for (let at = 1; at < said.length; at += 1) {
      const [now, line] = said[at] ?? [0, ''];
      const [before, last] = said[at - 1] ?? [0, ''];
      assert.ok(now - before >= 2_400, `${Math.round(now - before)} ms between lines`);
      assert.notEqual(line, last, 'the same line twice');
    }
    const { pitches } = await heard(page);
    // One stood before, and one may begin at the end.
    const most = Math.ceil(seconds / 2.5) + 1;
    assert.ok(pitches.length <= most, `no more than one sound in 2.5 s: ${pitches.length} within ${seconds} s`);
  });

  visit('what is read is told by words, sound and a shake; nothing of the camera is left', async (page) => {
    await listen(page);
    await fakeCamera(page, { pictures: [await fixtures.photo()] });
    await page.click(action('camera'));
    await step(page, 'confirm', 30_000);
    const { pitches, shakes } = await heard(page);
    assert.deepEqual(pitches.slice(-2), [1320, 1760]);
    assert.deepEqual(shakes, [120]);
    assert.equal((await cameraLog(page)).live, 0);
    assert.equal(await page.evaluate(() => document.activeElement?.localName), 'h1');
  });

  visit('what a screen reader says: the heading, one line of advice at a time, and the question once', async (page) => {
    await inHand(page);
    await startScreenReader(page);
    await fakeCamera(page, { pictures: [await fixtures.photo()] });
    await advise(page, 'not-found');
    await page.click(action('camera'));
    await page.waitFor(
      () => /見つかりません/.test(document.querySelector('[role="status"]')?.textContent ?? ''),
      15_000,
    );
    await advise(page, 'cut-left', PLACE);
    await page.waitFor(() => /切れて/.test(document.querySelector('[role="status"]')?.textContent ?? ''), 15_000);
    const whileLooking = await said(page);
    await advise(page, '');
    await step(page, 'confirm', 30_000);
    await page.waitFor(() => document.activeElement?.localName === 'h1');
    const log = await said(page);
    // Opening may be over before its own line comes.
    const opening = /カメラを 開いています/;
    assert.deepEqual(
      whileLooking.filter((line) => line.startsWith('heading') || (line.startsWith('polite') && !opening.test(line))),
      [
        // The reader played here takes a chance of a break that is not shown for a blank.
        'heading, バーコードを わくに 入れて ください, level 1',
        'polite: 紙から 20センチほど はなして うつしてください。',
        'polite: バーコードが 見つかりません。紙の 左下を うつしてください。',
        'polite: 左が 切れています。スマホを 少し 左へ うごかしてください。',
      ],
    );
    const after = log.slice(whileLooking.length).filter((line) => !line.startsWith('polite: 紙から'));
    assert.deepEqual(after, ['heading, この金額は、紙と 同じですか, level 1'], 'the result is no live region');
  });

  visit('the sound can be put out, and stays out while the page is open', async (page) => {
    await listen(page);
    await fakeCamera(page, {});
    await advise(page, 'hold-still', PLACE);
    await page.click(action('camera'));
    await page.waitFor(action('sound'));
    await page.click(action('sound'));
    assert.match(await label(page, 'sound'), /つける/);
    const before = (await heard(page)).pitches.length;
    await page.click(`main ${action('type')}`);
    await step(page, 'typing');
    await page.click(`main ${action('camera')}`);
    await page.waitFor('.finder[data-seen]', 15_000);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    assert.equal((await heard(page)).pitches.length, before, 'silence');
    await page.click(action('sound'));
    assert.match(await label(page, 'sound'), /消す/);
    await page.waitFor(
      (/** @type {number} */ many) => /** @type {any} */ (window).__heard.pitches.length > many,
      5_000,
      before,
    );
    const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
    assert.deepEqual(kept, [0, 0, '']);
  });

  visit('the advice is read aloud where a person asks for it, and only by a voice of the device', async (page) => {
    await page.evaluate(() => {
      const scene = /** @type {any} */ (window);
      scene.__spoken = [];
      scene.__voices = [{ lang: 'ja-JP', localService: false, name: 'far away' }];
      Object.defineProperty(window, 'SpeechSynthesisUtterance', {
        configurable: true,
        value: class {
          constructor(/** @type {string} */ text) {
            Object.assign(this, { text });
          }
        },
      });
      Object.defineProperty(window, 'speechSynthesis', {
        configurable: true,
        value: {
          speaking: false,
          getVoices: () => scene.__voices,
          cancel: () => undefined,
          speak(/** @type {any} */ utterance) {
            scene.__spoken.push([performance.now(), utterance.text, utterance.voice.name]);
            setTimeout(() => utterance.onend(), 4_000);
          },
        },
      });
    });
    await fakeCamera(page, { size: [720, 1280] });
    await advise(page, 'not-found');
    await page.click(action('camera'));
    await playing(page);
    await page.waitFor(
      () => /見つかりません/.test(document.querySelector('[role="status"]')?.textContent ?? ''),
      15_000,
    );
    assert.equal(await page.evaluate(() => document.querySelector('[data-action="voice"]')), null);
    await page.click(action('restart'));
    await step(page, 'start');
    await page.evaluate(() => {
      /** @type {any} */ (window).__voices.push({ lang: 'ja-JP', localService: true, name: 'here' });
    });
    await page.click(action('camera'));
    await page.waitFor(action('voice'), 15_000);
    await page.waitFor(
      () => /見つかりません/.test(document.querySelector('[role="status"]')?.textContent ?? ''),
      15_000,
    );
    const spoken = () =>
      page.evaluate(() => /** @type {[number, string, string][]} */ (/** @type {any} */ (window).__spoken));
    assert.deepEqual(await spoken(), [], 'nothing before it is asked for');
    await page.click(action('voice'));
    await advise(page, 'cut-left', PLACE);
    await page.waitFor(() => /** @type {any} */ (window).__spoken.length === 2, 15_000);
    const lines = await spoken();
    assert.match(lines[0]?.[1] ?? '', /バーコードが見つかりません/);
    assert.match(lines[1]?.[1] ?? '', /左が切れています/);
    assert.ok(lines.every(([, , name]) => name === 'here'));
    assert.ok((lines[1]?.[0] ?? 0) - (lines[0]?.[0] ?? 0) >= 3_900, 'a line is not cut short');
    await page.click(action('voice'));
    await advise(page, 'not-found');
    await page.waitFor(
      () => /見つかりません/.test(document.querySelector('[role="status"]')?.textContent ?? ''),
      15_000,
    );
    assert.equal((await spoken()).length, 2, 'silent again');
  });

  visit('in the dark the light comes by itself, and goes when a person says so', async (page) => {
    await fakeCamera(page, { torch: true });
    await advise(page, 'too-dark');
    await page.click(action('camera'));
    await page.waitFor(() => /** @type {any} */ (window).__camera.applied.torch === true, 15_000);
    await page.waitFor(() => /ライトを/.test(document.querySelector('[role="status"]')?.textContent ?? ''));
    await shot(page, 'camera-light');
    assert.match(await label(page, 'torch'), /消す/);
    await page.click(action('torch'));
    await page.waitFor(() => /** @type {any} */ (window).__camera.applied.torch === false);
    assert.match(await label(page, 'torch'), /つける/);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    assert.equal((await cameraLog(page)).applied.torch, false, 'it does not come again');
    // What the person chose outlives a look at another page: the light that was on is on again, and said to be.
    await page.click(action('torch'));
    await setVisibility(page, 'hidden');
    await page.evaluate(() =>
      Object.assign(/** @type {any} */ (window).__camera.applied, { torch: 'off with the camera' }),
    );
    await setVisibility(page, 'visible');
    await page.waitFor(() => /** @type {any} */ (window).__camera.applied.torch === true);
    await page.waitFor(() => /消す/.test(document.querySelector('[data-action="torch"]')?.textContent ?? ''));
  });

  visit('zoom helps by itself within what the camera can, and leaves it to a person who has chosen', async (page) => {
    await fakeCamera(page, { zoom: { min: 1, max: 3 } });
    await advise(page, 'farther', PLACE);
    await page.click(action('camera'));
    const zoom = (/** @type {number} */ value) =>
      page.waitFor(
        (/** @type {number} */ wanted) => /** @type {any} */ (window).__camera.applied.zoom === wanted,
        15_000,
        value,
      );
    await zoom(2);
    await zoom(1);
    await advise(page, 'closer', PLACE);
    await zoom(2);
    await page.click(action('zoom-in'));
    await zoom(3);
    await page.click(action('zoom-in'));
    await page.waitFor(() => /これより/.test(document.querySelector('[role="status"]')?.textContent ?? ''), 10_000);
    await advise(page, 'farther', PLACE);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    assert.equal((await cameraLog(page)).applied.zoom, 3);
    await page.click(action('zoom-out'));
    await zoom(2);
  });

  visit('buttons are there only for what the camera can do', async (page) => {
    await fakeCamera(page, {});
    await advise(page, 'too-dark');
    await page.click(action('camera'));
    await playing(page);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const found = await page.evaluate(() =>
      [...document.querySelectorAll('main [data-action]')].map((element) => element.getAttribute('data-action')),
    );
    assert.deepEqual(found, ['restart', 'sound', 'photo', 'type']);
  });

  visit('the camera that can focus and has a light is taken, and asked for its size only then', async (page) => {
    await fakeCamera(page, {
      lenses: [
        { id: 'wide', label: 'camera2 2, facing back', focus: ['manual'] },
        { id: 'front', label: 'camera2 1, facing front', focus: ['continuous'] },
        { id: 'main', label: 'camera2 0, facing back', focus: ['manual', 'continuous'], torch: true },
      ],
    });
    await page.click(action('camera'));
    await page.waitFor(action('torch'), 15_000);
    const log = await cameraLog(page);
    assert.deepEqual(
      log.constraints.map(({ video }) => video),
      [{ facingMode: { ideal: 'environment' } }, { deviceId: { exact: 'main' } }],
    );
    assert.equal(log.live, 1, 'one camera runs at a time');
    assert.deepEqual(log.applied.width, { ideal: 1920 });
    assert.equal(log.applied.focusMode, 'continuous');
  });

  visit('another camera can be chosen, and the screen stays on meanwhile', async (page) => {
    await page.evaluate(() => {
      const locks = { held: 0, asked: 0 };
      Object.assign(window, { __locks: locks });
      const request = async () => {
        locks.held += 1;
        locks.asked += 1;
        return { release: async () => void (locks.held -= 1) };
      };
      Object.defineProperty(navigator, 'wakeLock', { configurable: true, value: { request } });
    });
    await fakeCamera(page, {
      size: [640, 480],
      lenses: [
        { id: 'lid', label: 'Integrated Webcam' },
        { id: 'desk', label: 'Document Camera' },
      ],
    });
    await advise(page, 'not-found');
    await page.click(action('camera'));
    await page.waitFor(action('lens'), 15_000);
    await page.click(action('lens'));
    await page.waitFor(() => /かえました/.test(document.querySelector('[role="status"]')?.textContent ?? ''), 10_000);
    await playing(page);
    const log = await cameraLog(page);
    assert.deepEqual(log.constraints.at(-1)?.video, { deviceId: { exact: 'desk' } });
    assert.equal(log.live, 1);
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).__locks.held), 1);
    await page.click(`main ${action('type')}`);
    await step(page, 'typing');
    await page.waitFor(() => /** @type {any} */ (window).__locks.held === 0);
    await page.click(`main ${action('camera')}`);
    await playing(page);
    assert.deepEqual((await cameraLog(page)).constraints.at(-1)?.video, { deviceId: { exact: 'desk' } }, 'it is kept');
  });

  visit('a camera that refuses everything still shows its picture', async (page) => {
    await fakeCamera(page, {
      stubborn: true,
      torch: true,
      zoom: { min: 1, max: 4 },
      pictures: [await fixtures.photo()],
    });
    await page.click(action('camera'));
    await step(page, 'confirm', 30_000);
  });

  visit('after a minute without a code: a calm page, from which it goes on where it was', async (page) => {
    await fakeCamera(page, {});
    await page.click(action('camera'));
    await page.waitFor(action('sound'));
    await page.click(action('sound'));
    await page.click(action('restart'));
    await step(page, 'start');
    await hurry(page);
    await page.click(action('camera'));
    await page.waitFor('main[data-help="slow"]', 15_000);
    assert.equal((await cameraLog(page)).live, 0, 'the camera rests too');
    await otherWays(page);
    assert.equal(await page.evaluate(() => document.querySelectorAll('main [data-action="camera"]').length), 1);
    await page.click(`main ${action('camera')}`);
    await step(page, 'camera');
    await page.waitFor(action('sound'));
    assert.match(await label(page, 'sound'), /つける/, 'what was chosen is kept');
  });

  /** @type {[app: string, agent: string, opens: RegExp][]} */
  const apps = [
    [
      'LINE',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Safari Line/15.12.0',
      /Safari/,
    ],
    [
      'Yahoo! JAPAN',
      'Mozilla/5.0 (Linux; Android 15; wv) Chrome/138.0.0.0 Mobile Safari/537.36 YJApp-ANDROID',
      /Chrome/,
    ],
  ];
  for (const [app, agent, opens] of apps) {
    visit(`inside ${app}: three steps to the camera, after the ways that work at once`, async (page) => {
      await page.evaluate((/** @type {string} */ said) => {
        Object.defineProperty(navigator, 'userAgent', { configurable: true, get: () => said });
      }, agent);
      await fakeCamera(page, { missing: true });
      await page.click(action('camera'));
      await page.waitFor('main[data-help="unsupported"]');
      const way = await page.evaluate(() => ({
        steps: [...document.querySelectorAll('.way-to-camera li')].map((item) => item.textContent ?? ''),
        text: /** @type {HTMLElement} */ (document.querySelector('.way-to-camera')).innerText,
        sizes: ['photo', 'type'].map((name) => {
          const { width, height, bottom } = /** @type {Element} */ (
            document.querySelector(`main .button:is([data-action="${name}"], :has([data-action="${name}"]))`)
          ).getBoundingClientRect();
          return { width, height, bottom };
        }),
        top: /** @type {Element} */ (document.querySelector('.way-to-camera')).getBoundingClientRect().top,
      }));
      assert.equal(way.steps.length, 3);
      assert.ok(way.text.includes(app));
      assert.match(way.steps[1] ?? '', opens);
      const [photo, type] = way.sizes;
      assert.deepEqual([photo?.width, photo?.height], [type?.width, type?.height], 'equal in rank');
      assert.ok(way.sizes.every(({ bottom }) => bottom <= way.top));
      await shot(page, `camera-inside-${app.replace(/\W+/g, '-')}`);
    });
  }

  if (stage.name !== 'webkit') {
    visit('all that may be said stands in the first screen, whatever the size of letters', async (page) => {
      await fakeCamera(page, { torch: true, zoom: { min: 1, max: 4 }, size: [720, 1280] });
      await page.click(action('camera'));
      await page.waitFor(action('torch'), 15_000);
      for (const [width, height] of /** @type {const} */ ([
        [360, 800],
        [390, 844],
        [800, 360],
        [844, 390],
        [1280, 800],
      ])) {
        await page.setViewport({ width, height });
        for (const [language, size] of Object.keys(LINES).flatMap((each) => [
          [each, '100%'],
          [each, '200%'],
        ])) {
          await page.evaluate((wanted) => {
            const button = document.querySelector(`.languages [data-language="${wanted}"]`);
            if (button?.getAttribute('aria-current') !== 'true') /** @type {HTMLElement} */ (button).click();
          }, language ?? '');
          await page.waitFor(`html[data-language="${language}"]`);
          const found = await page.evaluate(
            (letters, lines) => {
              document.documentElement.style.fontSize = letters;
              scrollTo(0, 0);
              const place = /** @type {HTMLElement} */ (document.querySelector('[role="status"]'));
              const finder = /** @type {HTMLElement} */ (document.querySelector('.finder'));
              const before = [...place.childNodes];
              /** @type {string[]} */
              const faults = [];
              const heights = new Set();
              for (const [line, often] of lines) {
                // As the page writes it: a line may end after a full stop, and readings stand above their words.
                place.replaceChildren(
                  ...line.split(/(?<=。)/u).flatMap((part) => [
                    ...part.split(/(\p{Script=Han}+《[^》]*》)/u).map((piece) => {
                      const [, base, reading] = /^(.+)《(.+)》$/u.exec(piece) ?? [];
                      if (!base || !reading) return piece;
                      const word = document.createElement('ruby');
                      word.append(base, Object.assign(document.createElement('rt'), { textContent: reading }));
                      return word;
                    }),
                    document.createElement('wbr'),
                  ]),
                );
                const words = place.getBoundingClientRect();
                const picture = finder.getBoundingClientRect();
                if (often) heights.add(Math.round(picture.height));
                if (words.bottom > innerHeight || words.top < 0)
                  faults.push(`${line}: ends at ${Math.round(words.bottom)}`);
                if (picture.height < 120)
                  faults.push(`${line}: leaves ${Math.round(picture.height)} px for the picture`);
                if (place.scrollWidth > place.clientWidth) faults.push(`${line}: sticks out`);
              }
              if (letters === '100%' && heights.size > 1)
                faults.push(`the picture changes its height: ${[...heights]}`);
              const video = /** @type {HTMLVideoElement} */ (document.querySelector('video'));
              const seen = video.getBoundingClientRect();
              const stretched = seen.width / seen.height / (video.videoWidth / video.videoHeight);
              if (Math.abs(stretched - 1) > 0.02) faults.push(`the picture is stretched ${stretched} times`);
              if (Math.abs(seen.width - finder.clientWidth) > 1) faults.push('not the whole width is seen');
              if (document.documentElement.scrollWidth > innerWidth) faults.push('scrolls sideways');
              const letter = parseFloat(getComputedStyle(place).fontSize);
              if (letter < 22) faults.push(`letters of ${letter} px`);
              place.replaceChildren(...before);
              return faults;
            },
            size ?? '',
            LINES[/** @type {keyof typeof LINES} */ (language)],
          );
          assert.deepEqual(found, [], `${language}, ${width}×${height} at ${size}`);
        }
      }
    });
  }
}

/** A code in a frame of 720×1280. */
const PLACE = [
  { x: 72, y: 590 },
  { x: 576, y: 590 },
  { x: 576, y: 690 },
  { x: 72, y: 690 },
];

/** All that may stand beside the picture, in each language that is complete. */
const LINES = Object.fromEntries(['ja', 'ja-easy', 'en'].map((language) => [language, linesOf(language)]));

/** @param {string} language */
function linesOf(language) {
  const { page } = JSON.parse(readFileSync(new URL(`../../../www/words/${language}.json`, import.meta.url), 'utf8'));
  return (
    Object.entries(/** @type {Record<string, string>} */ (page))
      .filter(([key]) => /^camera\.(advice|seen|assist|black|live|opening|stopped|zoom\.(most|least))/.test(key))
      // Advice comes every few seconds; the picture must not jump at each.
      .map(([key, line]) => /** @type {const} */ ([line, key.startsWith('camera.advice.')]))
  );
}

/**
 * Lines whose pieces do not follow each other as in a text: in some engines a flex box makes a column of each piece.
 *
 * @param {Page} page
 */
function torn(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('main .button, [role="status"]')]
      .filter((element) => {
        const pieces = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        let end = -Infinity;
        for (let piece = pieces.nextNode(); piece; piece = pieces.nextNode()) {
          const range = document.createRange();
          range.selectNodeContents(piece);
          const lines = [...range.getClientRects()];
          if (lines.some(({ top }) => top < end - 2)) return true;
          end = Math.max(end, ...lines.map(({ top }) => top));
        }
        return false;
      })
      .map((element) => element.textContent ?? ''),
  );
}

/**
 * The page takes itself to be on a phone.
 *
 * @param {Page} page
 */
function inHand(page) {
  return page.evaluate(() => {
    Object.defineProperty(navigator, 'userAgent', { configurable: true, get: () => 'Linux; Android 10; K' });
  });
}

/** @param {Page} page */
function status(page) {
  return page.evaluate(() => document.querySelector('[role="status"]')?.textContent ?? '');
}

/**
 * @param {Page} page
 * @param {string} name of the action
 */
function label(page, name) {
  return page.evaluate((css) => document.querySelector(css)?.textContent ?? '', action(name));
}

/**
 * Chromium alone can show a film to the page's own getUserMedia: nothing of the page is replaced here.
 *
 * @param {import('../visit.js').Stage} stage
 */
function film(stage) {
  stage.visit(
    'from the click over a filmed notice to the answer',
    async (page) => {
      await page.click(action('camera'));
      await step(page, 'camera');
      await shot(page, 'camera');
      await step(page, 'confirm', 30_000);
      assert.match(await text(page), /12,500/);
      await page.click(action('confirm-yes'));
      const found = await answer(page);
      assert.equal(found.verdict, 'payable');
    },
    { camera: fixtures.film },
  );
}

/**
 * Chromium alone tells what a page holds in memory. How long its tasks take is a matter of the machine, which `cargo xtask
 * bench --page` measures.
 *
 * @param {import('../visit.js').Stage} stage
 */
function prompt(stage) {
  stage.visit(
    'some dozens of frames leave nothing behind, and what is read is shown before anything else',
    async (page) => {
      await page.evaluate(() => {
        const scene = /** @type {any} */ (window);
        Object.assign(scene, { __sent: 0, __late: 0, __drawn: 0, __read: false, __shown: false });
        // The screen as it is drawn anew between the answer that holds a notice and the sight of it.
        const draw = () => {
          if (scene.__shown) return;
          scene.__drawn += 1;
          requestAnimationFrame(draw);
        };
        const send = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (/** @type {any[]} */ ...args) {
          scene.__sent += 1;
          if (scene.__read && !scene.__shown) scene.__late += 1;
          if (!scene.__hears) {
            scene.__hears = true;
            this.addEventListener('message', ({ data }) => {
              if (scene.__read || !data.outcome?.report?.notice) return;
              scene.__read = true;
              requestAnimationFrame(draw);
            });
          }
          return send.apply(this, /** @type {any} */ (args));
        };
        new MutationObserver(() => {
          if (document.querySelector('main[data-step="confirm"]')) scene.__shown = true;
        }).observe(document.body, { attributes: true, subtree: true, childList: true });
      });
      const sent = () => page.evaluate(() => /** @type {number} */ (/** @type {any} */ (window).__sent));
      const more = async (/** @type {number} */ frames) => {
        const wanted = (await sent()) + frames;
        await page.waitFor((least) => /** @type {any} */ (window).__sent >= least, 30_000, wanted);
      };
      // Without a code: that is when the reader works hardest.
      await fakeCamera(page, { size: [1920, 1080] });
      await page.click(action('camera'));
      await playing(page);
      // What opening costs is not what is asked here.
      await more(6);
      const before = await page.weight();
      await more(24);
      const after = await page.weight();
      const weights = `before and after two dozen frames: ${JSON.stringify([before, after])}`;
      assert.ok(after.nodes <= before.nodes + 20 && after.listeners <= before.listeners, weights);
      assert.ok(after.heap - before.heap < 500_000, weights);
      await page.click(action('restart'));
      await step(page, 'start');
      await fakeCamera(page, { pictures: [await fixtures.photo()] });
      await page.click(action('camera'));
      await step(page, 'confirm', 30_000);
      const { read, late, drawn } = await page.evaluate(() => {
        const { __read, __late, __drawn } = /** @type {any} */ (window);
        return { read: __read, late: __late, drawn: __drawn };
      });
      assert.ok(read, 'the answer that holds the notice was heard');
      assert.equal(late, 0, 'frames sent to be read between the answer and the sight of it');
      assert.ok(drawn <= 2, `expected the screen to be drawn at most twice before the answer is seen; found ${drawn}`);
    },
  );
}

/** @param {Page} page */
async function otherWays(page) {
  const ways = await page.evaluate(() => ({
    photo: document.querySelectorAll('[data-action="photo"], [data-input="photo"]').length,
    type: document.querySelectorAll('[data-action="type"]').length,
  }));
  assert.ok(ways.photo >= 1, 'a photo can be given instead');
  assert.ok(ways.type >= 1, 'the digits can be typed instead');
}

/** @param {Page} page */
async function playing(page) {
  await page.waitFor(() => {
    const video = document.querySelector('video');
    return video !== null && video.readyState >= 2 && video.srcObject !== null;
  }, 15_000);
}
