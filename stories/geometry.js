({
  /* All that is measured in a window of one size, in the reading of the page and, with two `readings`,
     in the other: what sticks out and, where `closely` is asked, what is too small and whether text
     twice as large still fits. `asked` says how large text and targets must be, `how` ends each line. */
  measure({ readings, closely, asked, how }) {
    const root = document.documentElement.classList;
    const found = [];
    for (let reading = 0; reading < readings; reading++) {
      const elder = root.contains("elder");
      const tell = (lines, more = "") =>
        found.push(...lines.map(line => line + more + how + (elder ? " (for elders)" : "")));
      if (closely) tell(this.small(elder ? asked.elder : asked.usual));
      tell(this.sideways());
      if (closely) {
        this.enlarge();
        tell(this.sideways(), " (with text at 200 %)");
        this.restore();
      }
      if (readings > 1) root.toggle("elder");
    }
    return found;
  },

  /* Lines about text and targets that are smaller than asked: {text, target} in pixels. */
  small(asked) {
    const found = [];
    for (const element of this.visible()) {
      const words = this.ownText(element);
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (words && size + 0.1 < asked.text)
        found.push(`text of ${size} px, not ${asked.text}: ${this.name(element)}`);
    }
    for (const element of this.targets()) {
      const { width, height } = this.area(element);
      const least = Math.min(width, height);
      if (least + 0.5 < asked.target)
        found.push(`target of ${Math.round(width)} × ${Math.round(height)} px, not ${asked.target}: ${this.name(element)}`);
    }
    return [...new Set(found)];
  },

  /* Lines about what makes the page itself scroll sideways; what scrolls inside itself may be wide. */
  sideways() {
    const room = document.documentElement.clientWidth;
    const wide = document.scrollingElement.scrollWidth;
    if (wide <= room) return [];
    const out = this.visible().filter(one => this.rightEdge(one) > room + 0.5 && !this.inScroller(one));
    const last = out.filter(one => !out.some(other => other !== one && one.contains(other)));
    return [`page is ${wide} px wide in a window of ${room}: ${last.slice(0, 5).map(this.name, this).join("; ")}`];
  },

  /* Doubles every text with its line, whatever unit it was given in, as a reader's own setting does. */
  enlarge() {
    const sizes = [...document.body.querySelectorAll("*"), document.body].map(element => {
      const style = getComputedStyle(element);
      return [element, parseFloat(style.fontSize), parseFloat(style.lineHeight)];
    });
    for (const [element, size, line] of sizes) {
      element.dataset.was = element.getAttribute("style") ?? "";
      element.style.setProperty("font-size", `${2 * size}px`, "important");
      if (line) element.style.setProperty("line-height", `${2 * line}px`, "important");
    }
    return [];
  },

  restore() {
    for (const element of document.querySelectorAll("[data-was]")) {
      element.style.cssText = element.dataset.was;
      if (!element.dataset.was) element.removeAttribute("style");
      delete element.dataset.was;
    }
    return [];
  },

  /* Hides whatever has three others of its very shape before it in the same place, such as the fourth
     row of a table with the same tags, classes and attributes: who has looked at three has seen all. */
  thin() {
    const told = ["class", "role", "type", "aria-sort", "aria-current", "lang", "style"];
    const shapes = new Map();
    const shape = element => {
      const own = element.getAttributeNames().sort()
        .map(name => told.includes(name) ? `${name}=${element.getAttribute(name)}` : name);
      const inner = [...element.children].map(shape);
      const whole = `${element.tagName} ${own} (${inner})`;
      if (!shapes.has(whole)) shapes.set(whole, shapes.size);
      const number = shapes.get(whole);
      shapes.set(element, number);
      return number;
    };
    shape(document.body);
    const hidden = [];
    for (const parent of [document.body, ...document.body.querySelectorAll("*")]) {
      const seen = new Map();
      for (const child of parent.children) {
        const times = (seen.get(shapes.get(child)) ?? 0) + 1;
        seen.set(shapes.get(child), times);
        if (times > 3 && !child.hidden) hidden.push(child);
      }
    }
    for (const one of hidden) one.toggleAttribute("data-thinned", one.hidden = true);
    return [];
  },

  thicken() {
    for (const one of document.querySelectorAll("[data-thinned]")) {
      one.hidden = false;
      one.removeAttribute("data-thinned");
    }
    return [];
  },

  visible() {
    return [...document.body.querySelectorAll("*")].filter(element => {
      const box = element.getBoundingClientRect();
      return box.width > 1 && box.height > 1 && box.right > 0
        && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    });
  },

  /* What is there to be pressed, but for links inside a sentence, which WCAG leaves out too. */
  targets() {
    const kinds = "a[href], button, select, textarea, summary, [role=button], input:not([type=hidden])";
    return this.visible().filter(element => element.matches(kinds) && !element.disabled && !this.inSentence(element));
  },

  inSentence(element) {
    if (getComputedStyle(element).display !== "inline") return false;
    const around = element.closest("p, li, dd, dt, td, th, label, legend, caption, figcaption, blockquote");
    return around !== null && around.textContent.trim().length > element.textContent.trim().length;
  },

  /* A tick and its label are pressed as one. */
  area(element) {
    const boxes = [element, ...(element.labels ?? [])].map(one => one.getBoundingClientRect());
    const ticks = element.matches("[type=checkbox], [type=radio], [type=file]");
    const used = ticks ? boxes : boxes.slice(0, 1);
    const left = Math.min(...used.map(box => box.left)), right = Math.max(...used.map(box => box.right));
    const top = Math.min(...used.map(box => box.top)), bottom = Math.max(...used.map(box => box.bottom));
    return { width: right - left, height: bottom - top };
  },

  /* Of the box, or of words that run out of it. */
  rightEdge(element) {
    const box = element.getBoundingClientRect().right;
    if (!this.ownText(element)) return box;
    const words = document.createRange();
    words.selectNodeContents(element);
    return Math.max(box, words.getBoundingClientRect().right);
  },

  inScroller(element) {
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement)
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(one).overflowX)) return true;
    return false;
  },

  ownText(element) {
    return [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)
      .map(node => node.data.trim()).join("");
  },

  name(element) {
    const words = element.textContent.trim().replace(/\s+/g, " ").slice(0, 30);
    const classes = [...element.classList].map(one => `.${one}`).join("");
    const id = element.id ? `#${element.id}` : element.name ? `[name=${element.name}]` : "";
    return `<${element.tagName.toLowerCase()}${id}${classes}> ${words}`.trim();
  },
})
