'use strict';
// Rows that are shown at once; more come on request.
const STEP = 200;
const SIGNS = { added: '+', modified: '~', deleted: '\u2212', other: '\u00b7' };

// The values of a filter: those that somebody looks for come first.
const ORDER = ['added', 'modified', 'deleted', 'other', 'refused', 'gave up', 'not sent', 'stale', 'unreachable', 'unknown', 'rewritten', 'fresh', 'accepted'];

// Texts in order, each as the length that it shares with the one before, and its rest.
const unfolded = list => {
  let before = '';
  return list.map(([shared, rest, ...others]) => [before = before.slice(0, shared) + rest, ...others]);
};

const rowsOf = data => {
  const files = unfolded(data.files);
  const rows = unfolded(data.operations).map(([text, reasons, kind = 'url', headers = null]) => {
    const why = reasons.map(([file, words]) => (file < 0 ? '' : files[file][0]) + data.words[words]);
    const statuses = new Set(reasons.map(([file]) => (file < 0 ? 'other' : files[file][1])));
    if (statuses.size > 1) statuses.delete('other');
    if (!statuses.size) statuses.add('other');
    return { text, kind, headers, why, statuses };
  });
  for (const [first, count, outcome] of data.receipts) {
    for (const row of rows.slice(first, first + count)) row.outcome = data.words[outcome];
  }
  const byText = new Map(rows.map(row => [row.text + (row.headers ?? ''), row]));
  for (const [text, headers, verdict, why] of unfolded(data.proofs)) {
    let row = byText.get(text + (headers ?? ''));
    if (!row) rows.push(row = { text, kind: 'url', headers, why: [], statuses: new Set(['other']) });
    row.verdict = verdict;
    row.proof = data.words[why];
  }
  return rows;
};

const element = (name, text, className) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
};

const place = row => {
  const cell = element('th');
  cell.scope = 'row';
  if (row.kind === 'url' && /^https?:\/\//.test(row.text)) {
    const link = element('a', row.text);
    link.href = row.text;
    link.rel = 'noreferrer noopener';
    cell.append(link);
  } else {
    cell.append(row.kind === 'everything' ? 'everything' : `${row.kind} ${row.text}`);
  }
  if (row.headers) cell.append(element('div', row.headers));
  return cell;
};

const state = new URLSearchParams(location.hash.slice(1));

const show = section => {
  const data = JSON.parse(section.querySelector('.data').textContent);
  const rows = rowsOf(data);
  const table = section.querySelector('.list');
  if (!table) return;
  const form = section.querySelector('.filters');
  const key = name => `${section.dataset.number}.${name}`;
  const columns = [['', 'status', row => row.statuses], ['URL'], ['Why']];
  if (data.receipts.length) columns.push(['Answer', 'answer', row => new Set([row.outcome ?? 'not sent'])]);
  if (data.proofs.length) columns.push(['Visitors get', 'verdict', row => new Set([row.verdict ?? 'not asked'])]);

  const head = element('tr');
  for (const [title] of columns) head.append(Object.assign(element('th', title || 'Change'), { scope: 'col' }));
  table.querySelector('thead').replaceChildren(head);

  const choices = [];
  for (const [, name, of] of columns.filter(column => column[1])) {
    const counts = new Map();
    for (const row of rows) for (const value of of(row)) counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size < 2) continue;
    const order = [...counts].sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other));
    const chosen = state.has(key(name)) ? new Set(state.get(key(name)).split(',')) : undefined;
    const group = element('fieldset');
    group.append(element('legend', name));
    for (const [value, count] of order) {
      const label = element('label');
      const box = Object.assign(element('input'), { type: 'checkbox', name, value, checked: !chosen || chosen.has(value) });
      label.append(box, ` ${value} (${count.toLocaleString('en')})`);
      group.append(label);
    }
    form.querySelector('.choices').append(group);
    choices.push({ name, of, boxes: [...group.querySelectorAll('input')] });
  }
  form.q.value = state.get(key('q')) ?? '';

  let shown = STEP;
  const draw = () => {
    const words = form.q.value.toLowerCase();
    const wanted = choices.map(({ of, boxes }) => [of, new Set(boxes.filter(box => box.checked).map(box => box.value))]);
    const matches = row => (!words || [row.text, row.headers ?? '', ...row.why].some(text => text.toLowerCase().includes(words)))
      && wanted.every(([of, values]) => [...of(row)].some(value => values.has(value)));
    const found = rows.filter(matches);
    const lines = found.slice(0, shown).map(row => {
      const line = element('tr');
      const sign = element('td', undefined, 'sign');
      for (const status of row.statuses) sign.append(element('span', `${SIGNS[status]} ${status} `, status));
      line.append(sign, place(row), element('td', row.why.join('; '), row.why.length ? '' : 'empty'));
      if (data.receipts.length) line.append(element('td', row.outcome ?? 'not sent', 'answer'));
      if (data.proofs.length) {
        line.append(element('td', row.verdict ? `${row.verdict}: ${row.proof}` : 'not asked', row.verdict));
      }
      return line;
    });
    table.querySelector('tbody').replaceChildren(...lines);
    const number = n => n.toLocaleString('en');
    section.querySelector('.count').textContent = found.length === rows.length
      ? `${number(rows.length)} in all.` : `${number(found.length)} of ${number(rows.length)} match.`;
    const more = section.querySelector('.more');
    more.hidden = found.length <= shown;
    more.textContent = `Show ${number(Math.min(STEP, found.length - shown))} more of ${number(found.length - shown)}`;
  };
  const changed = () => {
    shown = STEP;
    for (const { name, boxes } of choices) {
      const values = boxes.filter(box => box.checked).map(box => box.value);
      if (values.length === boxes.length) state.delete(key(name)); else state.set(key(name), values.join(','));
    }
    if (form.q.value) state.set(key('q'), form.q.value); else state.delete(key('q'));
    history.replaceState(null, '', `#${state}`);
    draw();
  };
  form.addEventListener('input', changed);
  form.addEventListener('submit', event => event.preventDefault());
  section.querySelector('.more').addEventListener('click', () => { shown += STEP; draw(); });
  for (const tile of section.querySelectorAll('.tile[data-search]')) {
    const choose = () => { form.q.value = tile.dataset.search; changed(); form.scrollIntoView({ block: 'start' }); form.q.focus(); };
    tile.addEventListener('click', choose);
    tile.addEventListener('keydown', event => {
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(); }
    });
  }
  draw();
};

for (const section of document.querySelectorAll('section.site')) show(section);
