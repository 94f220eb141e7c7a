package main

import (
	"crypto/sha256"
	"fmt"
	"go/build"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const actionFolder = "../../.github/actions/check"

// reportFolder is made anew by each call of the action.
var reportFolder = regexp.MustCompile(`[^=\n]*/assay-\w{6}/`)

// script runs one of the action's scripts as a runner would, and gives its exit
// code, what it printed, and what it wrote to GITHUB_OUTPUT.
func script(t *testing.T, file string, env ...string) (code int, printed, outputs string) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	temp := t.TempDir()
	out := filepath.Join(temp, "output")
	cmd := exec.Command(bash, file)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "RUNNER_TEMP=" + temp, "GITHUB_OUTPUT=" + out}, env...)
	b, _ := cmd.CombinedOutput()
	data, _ := os.ReadFile(out)
	return cmd.ProcessState.ExitCode(), string(b), reportFolder.ReplaceAllString(string(data), "REPORTS/")
}

func TestActionGate(t *testing.T) {
	for _, test := range []struct {
		failOn, rc string
		want       int
	}{
		{"not-met", "0", 0},
		{"not-met", "3", 3},
		{"not-met", "4", 0},
		{"not-met", "1", 1},
		{"not-met", "2", 2},
		{"not-met", "127", 127},
		{"inconclusive", "0", 0},
		{"inconclusive", "3", 3},
		{"inconclusive", "4", 4},
		{"never", "0", 0},
		{"never", "3", 0},
		{"never", "4", 0},
		{"never", "1", 1},
		{"never", "2", 2},
		{"never", "5", 5},
		{"sometimes", "0", 2},
		{"", "0", 2},
		{"not-met", "", 1},
	} {
		if code, printed, _ := script(t, actionFolder+"/gate", "FAIL_ON="+test.failOn, "RC="+test.rc); code != test.want {
			t.Errorf("fail-on %q with %q ends with %d, want %d: %s", test.failOn, test.rc, code, test.want, printed)
		}
	}
}

func TestActionCheck(t *testing.T) {
	dir := t.TempDir()
	fake := filepath.Join(dir, "assay")
	text := "#!/bin/sh\nfor a in \"$@\"; do echo \"<$a>\"; case $a in json=*) echo {} >\"${a#*=}\"; esac; done\nexit $(cat '" + dir + "/rc')\n"
	if err := os.WriteFile(fake, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	for rc, verdict := range map[string]string{"0": "met", "3": "not-met", "4": "inconclusive", "1": "", "2": "", "5": ""} {
		if err := os.WriteFile(filepath.Join(dir, "rc"), []byte(rc), 0o644); err != nil {
			t.Fatal(err)
		}
		path := "a b/--var=x;$(touch " + dir + "/pwned)"
		code, printed, outputs := script(t, actionFolder+"/check", "BIN="+fake, "IN_PATH="+path, "IN_DETAILS=false", "GITHUB_TOKEN=")
		want := "rc=" + rc + "\nverdict=" + verdict + "\nassessment=REPORTS/assay.json\n"
		if code != 0 || outputs != want {
			t.Errorf("exit code %s: script ends with %d, outputs\n%s\nwant\n%s", rc, code, outputs, want)
		}
		if !strings.Contains(printed, "<--format>\n<github>\n") || !strings.HasSuffix(printed, "<-->\n<"+path+">\n") {
			t.Errorf("assay was called with\n%s", printed)
		}
		if strings.Contains(printed, "--online") || strings.Contains(printed, "--details") {
			t.Errorf("without a token and details, assay was called with\n%s", printed)
		}
		if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
			t.Fatal("the path was run as a command")
		}
	}
	_, printed, _ := script(t, actionFolder+"/check", "BIN="+fake, "IN_PATH=.", "IN_DETAILS=true", "GITHUB_TOKEN=token-for-tests")
	if !strings.Contains(printed, "<--online>") || !strings.Contains(printed, "<--details>") || strings.Contains(printed, "token-for-tests") {
		t.Errorf("with a token and details, assay was called with\n%s", printed)
	}
}

func TestActionInstall(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed")
	}
	program := "#!/bin/sh\necho assay\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/assay-iot/assay/releases/download/v0.1.0/assay_linux_amd64" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, program)
	}))
	defer server.Close()
	sums := t.TempDir()
	copyFile(t, actionFolder+"/install", filepath.Join(sums, "install"))
	right := fmt.Sprintf("%x", sha256.Sum256([]byte(program)))
	wrong := strings.Repeat("0", 64)
	for _, test := range []struct {
		name, checksums, version, binary, arch string
		code                                   int
		says                                   string
	}{
		{"right", "# comment\n" + wrong + "  v0.0.9/assay_linux_amd64\n" + right + "  v0.1.0/assay_linux_amd64\n", "v0.1.0", "", "X64", 0, ""},
		{"wrong digest", wrong + "  v0.1.0/assay_linux_amd64\n", "v0.1.0", "", "X64", 1, "Wrong digest"},
		{"no digest", right + "  v0.1.0/assay_linux_arm64\n", "v0.1.0", "", "X64", 1, "No pinned digest"},
		{"digest of another version", right + "  v0.1.0/assay_linux_amd64\n", "v0.1", "", "X64", 1, "No pinned digest"},
		{"half a digest", right[:10] + "  v0.1.0/assay_linux_amd64\n", "v0.1.0", "", "X64", 1, "No pinned digest"},
		{"not released", right + "  v0.2.0/assay_linux_amd64\n", "v0.2.0", "", "X64", 22, ""},
		{"version that leads elsewhere", "", "v/../../x", "", "X64", 1, "Bad version"},
		{"other machine", "", "v0.1.0", "", "S390X", 1, "Unsupported runner"},
		{"own binary", "", "v0.1.0", "/bin/sh", "X64", 0, ""},
		{"own binary is not there", "", "v0.1.0", "/no/such", "X64", 1, "No such binary"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(sums, "checksums.txt"), []byte(test.checksums), 0o644); err != nil {
				t.Fatal(err)
			}
			code, printed, outputs := script(t, filepath.Join(sums, "install"), "RUNNER_OS=Linux", "RUNNER_ARCH="+test.arch,
				"GITHUB_SERVER_URL="+server.URL, "IN_VERSION="+test.version, "IN_BINARY="+test.binary)
			if code != test.code || !strings.Contains(printed, test.says) || (outputs != "") != (code == 0) {
				t.Errorf("ends with %d, prints %q, outputs %q; want %d, %q", code, printed, outputs, test.code, test.says)
			}
		})
	}
}

// What is committed in checksums.txt must be digests of files, once each.
func TestActionChecksums(t *testing.T) {
	data, err := os.ReadFile(actionFolder + "/checksums.txt")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^[0-9a-f]{64}  v\d+\.\d+\.\d+/assay_(linux_amd64|linux_arm64|darwin_arm64)$`)
	seen := map[string]bool{}
	for _, s := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		_, file, _ := strings.Cut(s, "  ")
		if !strings.HasPrefix(s, "#") && (!line.MatchString(s) || seen[file]) {
			t.Errorf("checksums.txt: %q", s)
		}
		seen[file] = true
	}
}

// actWorkflow calls the action as a maker would, and looks at what it left.
const actWorkflow = `name: selftest
on: push
permissions: {contents: read}
concurrency: {group: selftest}
jobs:
  open:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {persist-credentials: false}
      - id: fails
        continue-on-error: true
        uses: ./.github/actions/check
        with: {path: "bad lamp", binary: BINARY, github-token: ""}
      - id: never
        uses: ./.github/actions/check
        with: {path: "bad lamp", binary: BINARY, github-token: "", fail-on: never}
      - id: broken
        continue-on-error: true
        uses: ./.github/actions/check
        with: {path: broken, binary: BINARY, github-token: "", fail-on: never}
      - id: unpinned
        continue-on-error: true
        uses: ./.github/actions/check
        with: {path: "bad lamp", version: v9.9.9, github-token: ""}
      - if: always()
        shell: bash
        env:
          SAID: "fails ${{ steps.fails.outcome }} ${{ steps.fails.outputs.verdict }}, never ${{ steps.never.outcome }} ${{ steps.never.outputs.verdict }}, broken ${{ steps.broken.outcome }} ${{ steps.broken.outputs.verdict }}, unpinned ${{ steps.unpinned.outcome }}"
          SARIF: ${{ steps.never.outputs.sarif }}
          REPORT: ${{ steps.never.outputs.report }}
          ASSESSMENT: ${{ steps.never.outputs.assessment }}
          NONE: ${{ steps.broken.outputs.sarif }}
        run: |
          echo "$SAID, no report: '$NONE'"
          head -c 300 "$SARIF" | grep -o 2.1.0
          head -c 100 "$ASSESSMENT" | grep -o assay.assessment/v1
          grep -io -m1 '<!doctype html>' "$REPORT"
  gate:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {persist-credentials: false}
      - uses: ./.github/actions/check
        with: {path: "bad lamp", binary: BINARY, github-token: ""}
`

const badLamp = `schema_version = 1

manufacturer "acme" {
  name = "Acme"
}

product "lamp" {
  name   = "Lamp"
  models = ["L1"]

  target "platform-statement" {}

  firmware "main" {
    version = "1.0"
    image   = "image"
  }
}
`

// TestAction runs the action under act, on this machine and offline.
func TestAction(t *testing.T) {
	act := findAct()
	if act == "" {
		t.Skip("act is not installed (go install github.com/nektos/act@v0.2.89)")
	}
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	dir, binary := t.TempDir(), filepath.Join(t.TempDir(), "assay")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, binary); err != nil { // TestMain makes it the program under this name
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		".github/workflows/selftest.yml": strings.ReplaceAll(actWorkflow, "BINARY", binary),
		"bad lamp/product.hcl":           badLamp,
		"bad lamp/image/etc/passwd":      "root::0:0:root:/root:/bin/sh\n",
		"bad lamp/image/bin/sh":          "#!\n",
		"broken/product.hcl":             "schema_version = 1\nproduct \"x\" {\n",
	} {
		putFile(t, filepath.Join(dir, name), text)
	}
	for _, name := range []string{"action.yml", "install", "check", "gate", "checksums.txt"} {
		copyFile(t, filepath.Join(actionFolder, name), filepath.Join(dir, ".github/actions/check", name))
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "test"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	log, err := runAct(t, act, dir, "open")
	if err != nil {
		t.Errorf("the job open fails: %v", err)
	}
	for _, want := range []string{
		"fails failure not-met, never success not-met, broken failure , unpinned failure, no report: ''",
		"| 2.1.0", "| assay.assessment/v1", "| <!doctype html>", "::error", "No pinned digest", "# Lamp",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log has no %q", want)
		}
	}
	if t.Failed() || testing.Verbose() {
		t.Log(log)
	}
	if log, err := runAct(t, act, dir, "gate"); err == nil {
		t.Errorf("the gate lets a product pass that does not meet its scheme:\n%s", log)
	}
}

func runAct(t *testing.T, act, dir, job string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), act, "push", "-P", "ubuntu-latest=-self-hosted", "--no-cache-server", "-j", job)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir(), "GITHUB_TOKEN=")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func findAct() string {
	if act, err := exec.LookPath("act"); err == nil {
		return act
	}
	act := filepath.Join(build.Default.GOPATH, "bin", "act")
	if _, err := os.Stat(act); err == nil {
		return act
	}
	return ""
}

func putFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	putFile(t, to, string(data))
}
