"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("live");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return element;
  };
  const tools = (parent) => {
    let bar = parent.querySelector(":scope > .tools");
    if (!bar) bar = parent.appendChild(make("div", undefined, { class: "tools" }));
    return bar;
  };
  const button = (parent, text, act) => {
    const element = parent.appendChild(make("button", text, { type: "button" }));
    element.addEventListener("click", act);
    return element;
  };
  const save = (name, kind, text) => {
    const link = make("a", undefined, { download: name });
    link.href = URL.createObjectURL(new Blob([text], { type: kind }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  // Numbers, by the rules of the page.
  const missing = (value) => value === null || value === undefined;
  const fixed = (value, digits) => {
    if (missing(value)) return "–";
    const text = Math.abs(value).toFixed(digits);
    return (value < 0 && /[1-9]/.test(text) ? "−" : "") + text;
  };
  const count = (value) => fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, "\u2009");
  const measure = (value) => {
    if (missing(value) || value === 0) return missing(value) ? "–" : "0";
    const power = Math.floor(Math.log10(Math.abs(value)));
    if (power >= 3) return count(value);
    if (power >= -4) return fixed(value, Math.max(0, 2 - power));
    const [mantissa, exponent] = value.toExponential(2).split("e");
    return `${mantissa} × 10^${Number(exponent)}`.replace(/-/g, "−");
  };
  const shown = (value, kind, digits) => {
    if (kind === "flag") return missing(value) ? "–" : value ? "yes" : "no";
    if (typeof value === "string") return value;
    if (kind === "count") return count(value);
    if (kind === "measure") return measure(value);
    if (kind === "p" && !missing(value) && value < 0.001) return "< 0.001";
    return fixed(value, kind === "p" ? 3 : digits);
  };

  // Charts: pointer and arrow keys read the values.
  function readable(panel) {
    const block = panel.querySelector(":scope > script");
    const output = panel.closest("figure").querySelector("output");
    if (!block) return;
    const reading = JSON.parse(block.textContent);
    const spoken = (row, column) =>
      reading.say.replace(/\{(\w+)\}/g, (whole, name) => {
        if (name === "row") return reading.rows[row];
        if (name === "column") return reading.columns[column];
        const value = reading.slots[name][row][column], digits = reading.digits[name];
        if (digits < 0) return missing(value) ? "–" : reading.words[value];
        return missing(value) ? "–" : digits ? fixed(value / 10 ** digits, digits) : count(value);
      });
    for (const chart of all("svg[data-reach]", panel)) {
      const reach = JSON.parse(chart.dataset.reach);
      const [width, height] = reach.size;
      const cursor = document.createElementNS(chart.namespaceURI, "rect");
      cursor.setAttribute("class", "cursor");
      const at = { row: -1, column: 0 };
      const read = (row, column) => {
        at.row = Math.min(reading.rows.length - 1, Math.max(0, row));
        at.column = Math.min(reading.columns.length - 1, Math.max(0, column));
        const [x, y] = reach.at[at.row];
        const place = { x: x + at.column * reach.step, y, width, height };
        for (const key in place) cursor.setAttribute(key, place[key]);
        chart.append(cursor);
        output.textContent = spoken(at.row, at.column);
      };
      chart.addEventListener("pointermove", (event) => {
        const frame = chart.getBoundingClientRect();
        const scale = chart.viewBox.baseVal.width / frame.width;
        const px = (event.clientX - frame.left) * scale, py = (event.clientY - frame.top) * scale;
        let best = [Infinity, 0, 0];
        reach.at.forEach(([x, y], row) => {
          const last = reading.columns.length - 1;
          const column = Math.min(last, Math.max(0, Math.floor((px - x) / reach.step)));
          const left = x + column * reach.step;
          const away = Math.hypot(
            Math.max(left - px, 0, px - left - width), Math.max(y - py, 0, py - y - height));
          if (away < best[0]) best = [away, row, column];
        });
        if (best[0] < 24) read(best[1], best[2]);
      });
      const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      chart.addEventListener("keydown", (event) => {
        const move = moves[event.key];
        if (!move) return;
        event.preventDefault();
        if (at.row < 0) read(0, 0);
        else read(at.row + move[0], at.column + move[1]);
        cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
      });
      chart.addEventListener("focus", () => read(at.row, at.column));
    }
  }

  // Save SVG: the light theme, with every computed colour written into the drawing.
  const PAINT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity",
    "font-family", "font-size", "font-weight", "text-anchor", "shape-rendering"];
  function saveChart(panel) {
    const chart = panel.querySelector("svg");
    const copy = chart.cloneNode(true);
    const theme = root.dataset.theme;
    root.dataset.theme = "light";
    const sources = [chart, ...all("*", chart)], targets = [copy, ...all("*", copy)];
    sources.forEach((source, index) => {
      const style = getComputedStyle(source), target = targets[index];
      const parent = index ? getComputedStyle(source.parentNode) : null;
      for (const name of PAINT) {
        const value = style.getPropertyValue(name);
        if (!parent || name === "opacity" ? value !== "1" : value !== parent.getPropertyValue(name))
          target.setAttribute(name, value);
      }
    });
    const paper = getComputedStyle(document.body).backgroundColor;
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    all(".cursor", copy).forEach((element) => element.remove());
    for (const target of targets)
      for (const name of ["class", "tabindex", "data-reach"]) target.removeAttribute(name);
    const back = document.createElementNS(copy.namespaceURI, "rect");
    for (const [key, value] of [["width", "100%"], ["height", "100%"], ["fill", paper]]) back.setAttribute(key, value);
    copy.insertBefore(back, copy.children[2]);
    save(panel.dataset.name + ".svg", "image/svg+xml", new XMLSerializer().serializeToString(copy));
  }

  // Tables: sort, filter, more rows, CSV, all from the data block.
  function lively(holder) {
    const table = holder.querySelector("table"), body = table.tBodies[0];
    const block = JSON.parse(holder.querySelector(":scope > script").textContent);
    const values = block.values.map((column) =>
      column && column.words ? column.codes.map((code) => column.words[code]) : column);
    const length = values[0].length, first = Number(table.dataset.first);
    const state = { order: [...Array(length).keys()], words: [], limit: Math.min(first, 25), by: -1, sign: 1 };
    const bar = tools(holder), told = make("span");
    const text = (row) => block.columns.map(([, kind, digits], c) => shown(values[c][row], kind, digits));
    const known = (name) => document.getElementById(name) || document.querySelector(`template[data-card="${name}"]`);
    function draw() {
      const rows = state.order.filter((row) => {
        if (!state.words.length) return true;
        const line = text(row).join(" ").toLowerCase();
        return state.words.every((word) => line.includes(word));
      });
      body.replaceChildren(...rows.slice(0, state.limit).map((row) => {
        const line = make("tr");
        text(row).forEach((words, c) => {
          const kind = block.columns[c][1];
          const cell = line.appendChild(make("td", undefined, kind === "word" ? {} : { class: kind }));
          if (kind === "neuron" && known(words)) cell.append(make("a", words, { href: "#" + words }));
          else cell.textContent = words;
        });
        return line;
      }));
      told.textContent = `${count(Math.min(rows.length, state.limit))} of ${count(rows.length)} rows`;
      more.hidden = rows.length <= state.limit;
    }
    function sort(column) {
      const numeric = values[column].some((value) => typeof value === "number");
      state.sign = state.by === column ? -state.sign : numeric ? -1 : 1;
      state.by = column;
      const cells = values[column];
      state.order.sort((a, b) => {
        const x = cells[a], y = cells[b];
        if (missing(x) || missing(y)) return missing(x) - missing(y) || a - b;
        const compared = typeof x === "string" ? x.localeCompare(y, "en") : x - y;
        return state.sign * compared || a - b;
      });
      all("th", table).forEach((head, c) => {
        if (c === column) head.setAttribute("aria-sort", state.sign > 0 ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
      });
      draw();
    }
    if (length > 2) all("thead th", table).forEach((head, column) => {
      const words = head.textContent;
      head.textContent = "";
      button(head, words, () => sort(column));
    });
    if (table.dataset.filter === "1") {
      const field = bar.appendChild(make("input", undefined, { type: "search", placeholder: "filter", "aria-label": "Filter rows" }));
      field.addEventListener("input", () => {
        state.words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
        draw();
      });
    }
    const more = button(bar, "Show 100 more", () => { state.limit += 100; draw(); });
    more.hidden = length <= first;
    button(bar, "Save CSV", () => {
      const quoted = (value) => {
        if (missing(value)) return "";
        if (typeof value !== "string") return String(value);
        const safe = /^[=+@\t\r-]/.test(value) ? "'" + value : value;
        return '"' + safe.replace(/"/g, '""') + '"';
      };
      const lines = [block.columns.map(([title]) => quoted(title))];
      for (let row = 0; row < length; row++) lines.push(values.map((column) => quoted(column[row])));
      save(holder.id + ".csv", "text/csv", lines.map((line) => line.join(",")).join("\n") + "\n");
    });
    if (length > first) {
      bar.append(told);
      all(":scope > .rest", holder).forEach((note) => note.remove());
      draw();
    }
  }

  function enliven(within) {
    for (const panel of all(".panel", within)) {
      readable(panel);
      button(tools(panel), "Save SVG", () => saveChart(panel));
    }
    all(".table", within).forEach(lively);
  }

  // Cards wait in templates until a link or their heading asks for them.
  function unpack(template) {
    const card = template.content.firstElementChild;
    template.replaceWith(card);
    enliven(card);
    return card;
  }
  function visit() {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!name) return;
    const template = all("template[data-card]").find((kept) => kept.dataset.card === name);
    const target = template ? unpack(template) : document.getElementById(name);
    if (!target) return;
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView();
  }
  for (const holder of all(".cards")) {
    const kept = all(":scope > template", holder);
    if (!kept.length) continue;
    const bar = make("span", undefined, { class: "tools" });
    holder.querySelector(":scope > h4").after(bar);
    const open = holder.querySelector(":scope > .card") ? " more" : "";
    const more = button(bar, `Show ${count(kept.length)}${open}`, () => {
      all(":scope > template", holder).forEach(unpack);
      more.remove();
    });
  }

  const theme = make("select", undefined, { "aria-label": "Theme", class: "theme" });
  for (const name of ["auto", "light", "dark"]) theme.append(make("option", name));
  theme.addEventListener("change", () => {
    if (theme.value === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme.value;
  });
  document.body.prepend(theme);
  enliven(document);
  addEventListener("hashchange", visit);
  visit();
})();
