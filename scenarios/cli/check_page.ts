import type { CheckedFile } from './check_files.ts';

/** The judgements as one page that needs nothing else: a table, and under it each violation in words. */
export function checkPage(checked: readonly CheckedFile[]): string {
  const rows = checked.map(
    ({ file, judgement: { verdict, form, model, operations } }) =>
      `<tr class="${verdict}"><td>${escaped(file)}</td><td>${verdict}</td><td>${operations}</td><td>${escaped(form)}</td><td>${model}</td></tr>`,
  );
  const details = checked.map(({ file, judgement }) => {
    const checks = judgement.checks.map(
      ({ name, guarantee, status, detail }) =>
        `<tr class="${status}"><td>${escaped(name)}</td><td>${status}</td><td>${escaped(guarantee)} <small>${escaped(detail)}</small></td></tr>`,
    );
    const violations = judgement.violations.map(
      ({ check, sentence, lines }) =>
        `<h3>${escaped(check)}</h3><p>${escaped(sentence)}</p><pre>${escaped(lines.join('\n'))}</pre>`,
    );
    return `<section><h2>${escaped(file)}</h2><table>${checks.join('\n')}</table>${violations.join('\n')}</section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>detcd check</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: 0.25rem 0.75rem; border-bottom: 1px solid #ddd; vertical-align: top; }
.linearizable td:nth-child(2), .passed td:nth-child(2) { color: #1a7f37; }
.violation td:nth-child(2), .violated td:nth-child(2) { color: #c62828; font-weight: 600; }
.unknown td:nth-child(2) { color: #9a6700; }
pre { background: #f6f8fa; padding: 0.75rem; overflow-x: auto; }
</style></head><body>
<h1>detcd check</h1>
<table><tr><th>file</th><th>verdict</th><th>operations</th><th>form</th><th>model</th></tr>
${rows.join('\n')}
</table>
${details.join('\n')}
</body></html>
`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
