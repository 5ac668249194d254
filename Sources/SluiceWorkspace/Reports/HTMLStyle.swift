/// How the page of `HTMLReport` looks.
enum HTMLStyle {
  static let text = """
    :root {
      --ground: #f6f7f9; --card: #fff; --line: #e2e6ec; --ink: #18202c; --soft: #5b6676;
      --accent: #1f5eff; --mark: #fff1c9; --code: #f1f3f7;
      --critical: #b3123f; --high: #dd4b39; --medium: #d98a00; --low: #3c7d9e;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #10141b; --card: #181e28; --line: #2a3240; --ink: #e8ecf3; --soft: #98a4b6;
        --accent: #7fa6ff; --mark: #4a3d12; --code: #10151d;
        --critical: #ff5d85; --high: #ff7d6b; --medium: #f0b040; --low: #6bb5da;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--ground); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
    }
    header.top, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 24px; }
    header.top { padding-top: 40px; padding-bottom: 20px; }
    .brand { margin: 0 0 4px; color: var(--accent); font-weight: 600; letter-spacing: .04em; }
    h1 { margin: 0; font-size: 34px; line-height: 1.2; letter-spacing: -.02em; }
    .lead { margin: 8px 0 0; color: var(--soft); }
    h2 { margin: 0 0 12px; font-size: 14px; font-weight: 600; }
    code, pre {
      font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    }
    .card, .file {
      background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px;
    }
    .overview { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
    .wide { grid-column: 1 / -1; }
    .stack { display: block; width: 100%; height: 14px; border-radius: 7px; overflow: hidden; }
    rect.critical { fill: var(--critical); } rect.high { fill: var(--high); }
    rect.medium { fill: var(--medium); } rect.low { fill: var(--low); }
    .tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 16px 0 0; }
    ul, ol { list-style: none; margin: 0; padding: 0; }
    button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; }
    .tile button {
      width: 100%; text-align: left; padding: 8px 12px; border-radius: 8px;
      border: 1px solid var(--line); border-left: 4px solid var(--line);
    }
    .tile b { display: block; font-size: 24px; line-height: 1.2; }
    .tile span { color: var(--soft); }
    .tile.critical button { border-left-color: var(--critical); }
    .tile.high button { border-left-color: var(--high); }
    .tile.medium button { border-left-color: var(--medium); }
    .tile.low button { border-left-color: var(--low); }
    .bars button {
      display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; width: calc(100% + 16px);
      padding: 5px 8px; margin: 0 -8px; border-radius: 6px; text-align: left;
    }
    .bars .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
    .bars b { font-weight: 600; font-variant-numeric: tabular-nums; }
    .bar {
      grid-column: 1 / -1; width: 100%; height: 6px; border-radius: 3px; background: var(--code);
    }
    .bar rect { fill: var(--accent); }
    button:hover { background: var(--code); }
    button[aria-pressed="true"] {
      background: var(--code); box-shadow: inset 0 0 0 2px var(--accent);
    }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .more { margin: 8px 0 0; color: var(--soft); }
    .filters {
      position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 12px;
      align-items: end; margin: 20px 0 0; padding: 12px 0; background: var(--ground);
    }
    .filters[hidden] { display: none; }
    .filters label span { display: block; font-size: 12px; color: var(--soft); margin-bottom: 2px; }
    .filters .search { flex: 1 1 220px; }
    input, select {
      font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
      border-radius: 8px; padding: 7px 10px; width: 100%; max-width: 100%;
    }
    .filters select { max-width: 220px; }
    .shown { margin: 0 0 6px auto; color: var(--soft); white-space: nowrap; }
    .shown button { color: var(--accent); padding: 2px 6px; border-radius: 6px; }
    .file { margin: 12px 0 0; padding: 16px 20px; }
    .file[hidden], .finding[hidden] { display: none; }
    .file h2 { margin: 0; display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: baseline; }
    .path { overflow-wrap: anywhere; font-size: 15px; }
    .kind {
      font-weight: 400; font-size: 12px; color: var(--accent); border: 1px solid currentColor;
      border-radius: 999px; padding: 0 8px;
    }
    .commit { font-weight: 400; font-size: 13px; color: var(--soft); }
    .finding { padding: 14px 0; border-top: 1px solid var(--line); }
    .finding:first-child { border-top: 0; }
    .finding:last-child { padding-bottom: 0; }
    .what { margin: 0; display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; }
    .what code, .place, .facts { color: var(--soft); }
    .place { margin-left: auto; font-variant-numeric: tabular-nums; }
    .pill {
      font-size: 12px; font-weight: 600; border-radius: 999px; padding: 1px 9px;
      border: 1px solid currentColor;
    }
    .pill.critical { color: var(--critical); } .pill.high { color: var(--high); }
    .pill.medium { color: var(--medium); } .pill.low { color: var(--low); }
    pre {
      margin: 8px 0; padding: 10px 12px; background: var(--code); border-radius: 8px;
      overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere;
    }
    mark { background: var(--mark); color: inherit; border-radius: 4px; padding: 1px 3px; }
    .facts { margin: 0; display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px; }
    .facts code { color: var(--ink); overflow-wrap: anywhere; }
    .fix { margin: 6px 0 0; }
    a { color: var(--accent); }
    .none { text-align: center; color: var(--soft); padding: 40px 0; }
    .notes { margin-top: 20px; }
    .notes li { padding: 2px 0; overflow-wrap: anywhere; }
    .notes b { font-variant-numeric: tabular-nums; }
    summary { cursor: pointer; margin-top: 8px; }
    footer { padding-top: 28px; padding-bottom: 40px; color: var(--soft); font-size: 13px; }
    @media (max-width: 720px) {
      .overview { grid-template-columns: 1fr; }
      .tiles { grid-template-columns: 1fr 1fr; }
      .place { margin-left: 0; }
      .filters { position: static; }
    }
    @media print { .filters { display: none; } .file { break-inside: avoid; } }
    """
}
