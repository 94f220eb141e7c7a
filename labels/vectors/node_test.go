package vectors

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels/page"
)

// node runs a function of JavaScript over a list, in one process that has the
// verifier of the browser and nothing else of the page.
func node(t testing.TB, function string, asks, answers any) {
	t.Helper()
	program, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	in, err := json.Marshal(asks)
	if err != nil {
		t.Fatal(err)
	}
	script := "\"use strict\";\nglobalThis.crypto ??= require('node:crypto').webcrypto;\n" + string(page.Verifier()) + `
const each = ` + function + `;
(async () => {
	const parts = [];
	for await (const part of process.stdin) parts.push(part);
	const answers = [];
	for (const ask of JSON.parse(Buffer.concat(parts).toString())) answers.push(await each(ask));
	console.log(JSON.stringify(answers));
})();
`
	file := filepath.Join(t.TempDir(), "verifier.js")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, program, "--no-warnings", file)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("node: %v\n%.2000s", err, errs.String())
	}
	if err := json.Unmarshal(out.Bytes(), answers); err != nil {
		t.Fatalf("node: %v", err)
	}
}
