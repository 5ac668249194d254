/// How the page looks: on a screen, light and dark, and on paper.
enum PageStyle {
  static let css = """
    :root{--paper:#fff;--back:#f5f6f8;--ink:#16202c;--soft:#5a6675;--line:#e1e5ea;--accent:#0b5cad;
    --good:#12795a;--goodback:#e5f4ee;--warn:#a4540a;--warnback:#fdf1e2;--none:#6b7683;
    --noneback:#eef1f4;--a:#2f6fb7;--b:#d1603d;--c:#3f9a7c;--d:#8a63b5}
    @media(prefers-color-scheme:dark){:root{--paper:#161b22;--back:#0e1217;--ink:#e6ebf1;
    --soft:#98a4b3;--line:#2a323c;--accent:#6aa9ef;--good:#5fc9a2;--goodback:#12332a;
    --warn:#f0aa63;--warnback:#3a2810;--none:#93a0af;--noneback:#222a33;--a:#5b9be0;--b:#e8835f;
    --c:#5fbf9d;--d:#ad8bd8}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--back);color:var(--ink);
    font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
    font-feature-settings:"tnum"}
    main{max-width:1000px;margin:0 auto;padding:40px 28px 80px}
    header.top{display:grid;gap:10px;margin-bottom:28px}
    .brand{font-size:13px;letter-spacing:.12em;text-transform:uppercase;color:var(--soft)}
    h1{font-size:34px;line-height:1.15;margin:0;letter-spacing:-.02em}
    .sub{font-size:18px;color:var(--soft);margin:0}
    h2{font-size:22px;margin:52px 0 6px;letter-spacing:-.01em}
    h2+p.lede{margin:0 0 18px;color:var(--soft);max-width:70ch}
    h3{font-size:17px;margin:0}
    a{color:var(--accent)}
    code,.mono{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;word-break:break-all}
    .seal{display:grid;grid-template-columns:auto 1fr;gap:4px 20px;align-items:baseline;
    background:var(--paper);border:1px solid var(--line);border-left:4px solid var(--good);
    border-radius:10px;padding:18px 22px;margin:0 0 18px}
    .seal strong{grid-column:1/-1;color:var(--good);font-size:17px;margin-bottom:4px}
    .seal dt,.facts dt{color:var(--soft);font-size:14px}.seal dd,.facts dd{margin:0}
    .tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px}
    .tile{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
    .tile b{display:block;font-size:27px;line-height:1.2;letter-spacing:-.02em}
    .tile span{display:block;color:var(--soft);font-size:13.5px;line-height:1.35}
    .tile.attention b{color:var(--warn)}
    .charts{display:grid;gap:16px}
    .chart{margin:0;background:var(--paper);border:1px solid var(--line);border-radius:10px;
    padding:18px 20px 14px}
    .chart figcaption strong{display:block;font-size:16px}
    .chart figcaption span{color:var(--soft);font-size:14px}
    .legend{margin:8px 0 4px;font-size:13.5px;color:var(--soft)}
    .key{margin-right:18px;white-space:nowrap}.key b{color:var(--ink)}
    .key i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px}
    .chart svg{width:100%;height:auto;display:block}
    i.a{background:var(--a)}i.b{background:var(--b)}i.c{background:var(--c)}i.d{background:var(--d)}
    rect.a{fill:var(--a)}rect.b{fill:var(--b)}rect.c{fill:var(--c)}rect.d{fill:var(--d)}
    .grid{stroke:var(--line);stroke-width:1}.axis{fill:var(--soft);font-size:11.5px}
    .empty{color:var(--soft);margin:14px 0 8px}
    details summary{cursor:pointer;color:var(--soft);font-size:13.5px}
    table{border-collapse:collapse;width:100%}
    .numbers{margin-top:8px;font-size:13.5px}
    .numbers td,.numbers th{padding:3px 14px 3px 0;text-align:right;border-bottom:1px solid var(--line)}
    .numbers td:first-child,.numbers th:first-child{text-align:left}
    .control{background:var(--paper);border:1px solid var(--line);border-radius:10px;
    padding:18px 22px;margin:0 0 14px;break-inside:avoid}
    .control header{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:baseline}
    .control .id{font-weight:700;color:var(--accent);white-space:nowrap}
    .chips{margin-left:auto;display:flex;gap:6px}
    .chip{font-size:12px;padding:2px 9px;border-radius:99px;background:var(--noneback);
    color:var(--none);white-space:nowrap}
    .chip.lead{background:var(--accent);color:var(--paper)}
    .control p{margin:8px 0 0;max-width:78ch}
    .control dl{display:grid;grid-template-columns:64px 1fr;gap:4px 12px;margin:12px 0 0;
    font-size:14px;color:var(--soft)}
    .control dt{font-weight:600;color:var(--ink)}.control dd{margin:0;max-width:72ch}
    h3.group{margin:34px 0 12px;font-size:15px;letter-spacing:.02em;color:var(--soft)}
    .index{display:flex;flex-wrap:wrap;gap:6px;margin:0 0 8px}
    .index a{font-size:13px;padding:4px 10px;border-radius:7px;text-decoration:none;
    background:var(--noneback);color:var(--none)}
    .index a.present{background:var(--goodback);color:var(--good)}
    .index a.attention{background:var(--warnback);color:var(--warn)}
    .states{font-size:14px;color:var(--soft);margin:0 0 14px}
    .states span+b{margin-right:18px;font-weight:400}
    .evidence{margin:12px 0 2px;font-size:14.5px}
    .evidence td{padding:7px 12px 7px 0;border-top:1px solid var(--line);vertical-align:middle}
    .evidence td:nth-child(1){width:34%;padding-left:19px;text-indent:-19px}
    .evidence td:nth-child(2){white-space:nowrap;font-weight:600;width:122px;padding-right:18px}
    .evidence td:nth-child(3){color:var(--soft)}
    .evidence td:nth-child(4){width:108px;padding-right:0;text-align:right}
    .spark{width:96px;height:22px;fill:var(--a);vertical-align:middle}
    .state{display:inline-block;width:9px;height:9px;border-radius:50%;margin-right:9px}
    .state.present{background:var(--good)}.state.none{background:var(--line);
    box-shadow:inset 0 0 0 1.5px var(--none)}.state.attention{background:var(--warn)}
    .box{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:6px 22px}
    .box.warn{background:var(--warnback);border-color:transparent}
    .box ul{margin:10px 0;padding-left:20px}.box li{margin:5px 0}
    .plain td,.plain th{padding:8px 14px 8px 0;border-bottom:1px solid var(--line);text-align:left;
    vertical-align:top;font-size:14.5px}.plain tr:last-child td{border-bottom:0}
    .plain th{color:var(--soft);font-weight:500;font-size:13.5px}
    .plain td:first-child{white-space:nowrap;font-weight:600}
    .plain td.number,.plain th.number{text-align:right;white-space:nowrap}
    pre{background:var(--back);border-radius:8px;padding:12px 14px;overflow:auto;margin:10px 0}
    nav{display:flex;flex-wrap:wrap;gap:6px 18px;font-size:14.5px;margin:0 0 24px}
    footer{color:var(--soft);font-size:13.5px;margin-top:48px;max-width:80ch}
    @media(max-width:640px){.tiles{grid-template-columns:repeat(2,1fr)}h1{font-size:27px}main{padding:24px 16px}
    .evidence td:nth-child(4){display:none}.chips{margin-left:0}}
    @media print{:root{--back:#fff}body{font-size:11pt}main{max-width:none;padding:0}
    nav,details,.index{display:none}h2{break-after:avoid}.chart,.tile{break-inside:avoid}}
    """
}
