// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { appAround, machine, wayToCamera } from '../../www/js/inapp.js';

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ANDROID =
  'Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0';
const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15';

/** Agents in the forms that the apps have; only what tells them apart matters. */
const AGENTS = {
  lineApple: `${IPHONE} Mobile/15E148 Safari Line/15.12.0`,
  lineAndroid: `${ANDROID} Chrome/138.0.0.0 Mobile Safari/537.36 Line/15.12.1/IAB`,
  yahooApple: `${IPHONE} Mobile/15E148 YJApp-IOS jp.co.yahoo.ipn.appli/4.150.0`,
  yahooAndroid: `${ANDROID} Chrome/138.0.0.0 Mobile Safari/537.36 YJApp-ANDROID jp.co.yahoo.android.yjtop/3.180.0`,
  instagram: `${IPHONE} Mobile/15E148 Instagram 390.0.0.28.85 (iPhone15,4; iOS 18_6; ja_JP)`,
  facebook: `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/520.0.0.38.101;FBBV/1;FBDV/iPhone15,4]`,
  facebookAndroid: `${ANDROID} Chrome/138.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/520.0.0.0.1;]`,
  safari: `${IPHONE} Version/18.6 Mobile/15E148 Safari/604.1`,
  chrome:
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

test('in whose pages the page is shown', () => {
  /** @type {[keyof typeof AGENTS, string | null, string][]} */
  const cases = [
    ['lineApple', 'LINE', 'apple'],
    ['lineAndroid', 'LINE', 'android'],
    ['yahooApple', 'Yahoo! JAPAN', 'apple'],
    ['yahooAndroid', 'Yahoo! JAPAN', 'android'],
    ['instagram', 'Instagram', 'apple'],
    ['facebook', 'Facebook', 'apple'],
    ['facebookAndroid', 'Facebook', 'android'],
    ['safari', null, 'apple'],
    ['chrome', null, 'android'],
    ['firefox', null, 'pc'],
  ];
  for (const [name, app, kind] of cases) {
    assert.equal(appAround(AGENTS[name]), app, name);
    assert.equal(machine(AGENTS[name]), kind, name);
  }
  // "Inline", "Online" and the like are no LINE.
  assert.equal(appAround('Mozilla/5.0 Online/2.0'), null);
  assert.equal(machine(MAC, 5), 'apple', 'an iPad');
  assert.equal(machine(MAC, 0), 'pc');
});

test('three steps to the camera, where steps help', () => {
  const words = JSON.parse(readFileSync(new URL('../../www/words/ja.json', import.meta.url), 'utf8')).page;
  for (const fault of [
    'denied',
    'missing',
    'busy',
    'unfit',
    'unsupported',
    'insecure',
    'timeout',
    'lost',
    'slow',
    'general',
  ]) {
    for (const [name, agent] of Object.entries(AGENTS)) {
      const way = wayToCamera(fault, agent);
      // What a view does to the camera has many names; one that ran and stopped is none of them.
      const inside = appAround(agent) !== null && !['lost', 'slow', 'general'].includes(fault);
      const helps = fault === 'denied' || inside;
      assert.equal(way !== null, helps, `${fault} in ${name}`);
      if (!way) continue;
      assert.equal(way.steps.length, 3);
      assert.equal(way.app, appAround(agent));
      for (const key of way.steps) assert.ok(Object.hasOwn(words, key), key);
    }
  }
});
