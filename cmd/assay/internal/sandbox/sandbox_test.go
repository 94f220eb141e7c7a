package sandbox_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/cmd/assay/internal/sandbox"
)

// TestMain lets the test binary play the confined process: rights that are
// given up do not come back.
func TestMain(m *testing.M) {
	if dir := os.Getenv("CONFINED"); dir != "" {
		play(dir, os.Getenv("DIAL"))
		return
	}
	os.Exit(m.Run())
}

// play says what a confined process can still do.
func play(dir, address string) {
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	state, err := sandbox.Confine(sandbox.Rights{Read: []string{in}, Write: []string{out}})
	fmt.Println("state:", state, err)
	_, err = os.ReadFile(filepath.Join(in, "image"))
	fmt.Println("read input:", err == nil)
	_, err = os.ReadFile(filepath.Join(dir, "secret"))
	fmt.Println("read elsewhere:", err == nil)
	fmt.Println("write output:", os.WriteFile(filepath.Join(out, "report"), nil, 0o600) == nil)
	for _, sub := range []string{"a", "b"} {
		_ = os.Mkdir(filepath.Join(out, sub), 0o700)
	}
	_ = os.WriteFile(filepath.Join(out, "a/file"), nil, 0o600)
	fmt.Println("link between folders:", os.Link(filepath.Join(out, "a/file"), filepath.Join(out, "b/file")))
	fmt.Println("link elsewhere:", os.Link(filepath.Join(out, "a/file"), filepath.Join(dir, "file")) == nil)
	fmt.Println("write elsewhere:", os.WriteFile(filepath.Join(dir, "new"), nil, 0o600) == nil)
	_, err = net.Dial("tcp", address)
	fmt.Println("dial:", err == nil)
}

func TestConfine(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"in/image", "out/old", "secret"} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "CONFINED="+dir, "DIAL="+l.Addr().String())
	raw, err := cmd.CombinedOutput()
	got := string(raw)
	if err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	if strings.Contains(got, sandbox.Unavailable) {
		t.Skip("this kernel has no Landlock")
	}
	want := []string{"read input: true", "read elsewhere: false", "write output: true", "write elsewhere: false", "link elsewhere: false"}
	if strings.Contains(got, "no TCP") { // and so links between folders too
		want = append(want, "link between folders: <nil>")
		want = append(want, "dial: false")
	}
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("not %q:\n%s", w, got)
		}
	}
}
