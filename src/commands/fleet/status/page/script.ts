/**
 * What the page can do beyond being read: filter by words and by state, and sort by a column. It makes its own buttons, so
 * that without it nothing is there that does nothing. Plain JavaScript, named by its hash in the page's policy.
 */
export const script = `
(() => {
  const body = document.querySelector('tbody');
  if (body === null) return;
  const rows = [...body.rows];
  const input = document.querySelector('#filter');
  const shown = document.querySelector('#shown');
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const inButton = (element, press) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...element.childNodes);
    button.addEventListener('click', press);
    element.append(button);
    return button;
  };

  let state = null;
  const states = [...document.querySelectorAll('.counts li')].map((item) => {
    const button = inButton(item, () => {
      state = state === item.dataset.state ? null : item.dataset.state;
      for (const other of states) other.button.ariaPressed = String(other.name === state);
      filter();
    });
    button.ariaPressed = 'false';
    return { name: item.dataset.state, button };
  });
  const filter = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    let count = 0;
    for (const row of rows) {
      const matches = (state === null || row.dataset.state === state) &&
        (words.length === 0 || words.every((word) => textOf(row).includes(word)));
      row.hidden = !matches;
      if (matches) count += 1;
    }
    shown.textContent = count === rows.length ? '' : count + ' of ' + rows.length + ' tenants shown';
  };
  input.addEventListener('input', filter);
  input.closest('[hidden]').hidden = false;

  const collator = new Intl.Collator('en', { numeric: true });
  const text = (column) => (row) => row.cells[column].textContent;
  const number = (name) => (row) => Number(row.dataset[name]);
  const keys = [text(0), number('rank'), number('days'), number('days'), text(4)];
  const compare = (one, other) => typeof one === 'number' ? one - other : collator.compare(one, other);
  const sort = (key, sign) => {
    const keyed = rows.map((row) => ({ row, key: key(row) }));
    keyed.sort((one, other) => sign * compare(one.key, other.key));
    body.replaceChildren(...keyed.map(({ row }) => row));
  };
  const heads = [...document.querySelectorAll('thead th')];
  for (const [column, head] of heads.entries())
    inButton(head, () => {
      const falling = head.ariaSort === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.ariaSort = falling ? 'descending' : 'ascending';
      sort(keys[column], falling ? -1 : 1);
    });
  filter();
})();
`;
