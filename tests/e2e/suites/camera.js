// @ts-check
/** The camera, and all the ways in which there may be none. */
import assert from 'node:assert/strict';
import { cameraLog, endTrack, fakeCamera, setVisibility } from '../camera.js';
import * as fixtures from '../fixtures.js';
import { action, answer, confirm, shot, step, text } from '../visit.js';

/** @typedef {import('../visit.js').Page} Page */

/** @param {import('../visit.js').Stage} stage */
export function camera(stage) {
  const { visit } = stage;

  if (stage.name === 'chromium') film(stage);

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

  visit('the light is offered where there is one', async (page) => {
    await fakeCamera(page, { torch: true });
    await page.click(action('camera'));
    await step(page, 'camera');
    await page.waitFor(action('torch'));
    await page.click(action('torch'));
    await page.waitFor(() => /** @type {any} */ (window).__camera.applied.torch === true);
  });
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
