package page_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// chrome is a headless Chromium, driven over its pipe (Chrome DevTools
// Protocol). Every name leads to the given server; whatever its certificate.
type chrome struct {
	t       testing.TB
	in      *os.File
	out     *bufio.Reader
	next    int
	session string
}

func startChrome(t testing.TB, server *httptest.Server) *chrome {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("chromium is not installed")
	}
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	home := t.TempDir()
	cmd := exec.CommandContext(ctx, program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--user-data-dir="+home, "--remote-debugging-pipe", "--ignore-certificate-errors",
		"--host-resolver-rules=MAP * 127.0.0.1:"+port, "about:blank")
	cmd.ExtraFiles = []*os.File{theirIn, theirOut}
	cmd.Env = append(os.Environ(), "TZ=UTC", "HOME="+home)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &chrome{t: t, in: ourOut, out: bufio.NewReaderSize(ourIn, 1<<20)}
	t.Cleanup(func() {
		_, _ = fmt.Fprintf(b.in, `{"id":%d,"method":"Browser.close"}%c`, b.next+1, 0)
		ourOut.Close()
		waited := make(chan struct{})
		go func() { _ = cmd.Wait(); close(waited) }()
		select {
		case <-waited:
		case <-time.After(10 * time.Second):
		}
		stop()
		<-waited
		ourIn.Close()
		for range 20 { // its children may still be writing
			if os.RemoveAll(home) == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	return b
}

// do sends a command and waits for its answer.
func (b *chrome) do(method string, params map[string]any) map[string]any {
	b.t.Helper()
	b.next++
	m := map[string]any{"id": b.next, "method": method}
	if params != nil {
		m["params"] = params
	}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	data, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(data, 0)); err != nil {
		b.t.Fatal(err)
	}
	for {
		data, err := b.out.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		var answer struct {
			ID     int            `json:"id"`
			Result map[string]any `json:"result"`
			Error  any            `json:"error"`
		}
		if err := json.Unmarshal(data[:len(data)-1], &answer); err != nil {
			b.t.Fatal(err)
		}
		if answer.ID != b.next {
			continue // an event
		}
		if answer.Error != nil {
			b.t.Fatalf("%s: %v", method, answer.Error)
		}
		return answer.Result
	}
}

// tab opens a new tab with nothing in it and nothing remembered.
func (b *chrome) tab(now time.Time, languages string, width, height int, dark bool) {
	b.t.Helper()
	b.session = ""
	home := b.do("Target.createBrowserContext", nil)["browserContextId"]
	target := b.do("Target.createTarget", map[string]any{"url": "about:blank", "browserContextId": home})["targetId"]
	session := b.do("Target.attachToTarget", map[string]any{"targetId": target, "flatten": true})["sessionId"].(string)
	b.session = session
	b.do("Page.enable", nil)
	b.do("Network.enable", nil)
	b.do("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": fmt.Sprintf(
		"Date.now=()=>%d;Object.defineProperty(navigator,'languages',{value:%s});", now.UnixMilli(), languages)})
	b.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false})
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}}})
}

func (b *chrome) offline(is bool) {
	b.do("Network.emulateNetworkConditions", map[string]any{"offline": is, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
}

// eval gives the value of an expression, waiting if it is a promise.
func (b *chrome) eval(expression string) any {
	b.t.Helper()
	r := b.do("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true})
	if e, ok := r["exceptionDetails"]; ok {
		b.t.Fatalf("%.200s: %v", expression, e)
	}
	return r["result"].(map[string]any)["value"]
}

// open goes to an address and waits until the page has answered.
func (b *chrome) open(address string) (state string) {
	b.t.Helper()
	b.do("Page.navigate", map[string]any{"url": "about:blank"})
	b.do("Page.navigate", map[string]any{"url": address})
	return b.answer()
}

func (b *chrome) answer() (state string) {
	b.t.Helper()
	for range 300 {
		state, _ := b.eval("document.readyState=='complete'&&document.querySelector('#main')?.getAttribute('aria-busy')=='false'&&(document.body.dataset.state||'empty')").(string)
		if state != "" {
			return state
		}
		time.Sleep(30 * time.Millisecond)
	}
	b.t.Fatal("the page gives no answer")
	return ""
}

func (b *chrome) text() string {
	s, _ := b.eval("document.querySelector('main').innerText").(string)
	return strings.ReplaceAll(s, "\u00a0", " ")
}

func (b *chrome) key(name string, code int) {
	for _, kind := range []string{"keyDown", "keyUp"} {
		p := map[string]any{"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code}
		if name == "Enter" && kind == "keyDown" {
			p["text"] = "\r"
		}
		if name == " " && kind == "keyDown" {
			p["text"] = " "
		}
		b.do("Input.dispatchKeyEvent", p)
	}
}

// picture writes the whole page as it looks, if SCREENSHOTS names a folder.
func (b *chrome) picture(name string) {
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	shot := b.do("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true})["data"].(string)
	data, err := base64.StdEncoding.DecodeString(shot)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// axe runs axe-core on the page and gives what it objects to.
func (b *chrome) axe(script string) string {
	b.t.Helper()
	b.eval(script + ";0")
	r := b.eval("axe.run(document,{resultTypes:['violations']}).then(r=>r.violations.map(v=>v.id+': '+v.help+' '+v.nodes.map(n=>n.html.slice(0,120)+' '+n.failureSummary).join(' | ')).join('\\n'))")
	return r.(string)
}

// axeScript finds axe-core where npm has put it.
func axeScript(t testing.TB) string {
	t.Helper()
	root := os.Getenv("NODE_PATH")
	if out, err := exec.Command("npm", "root", "-g").Output(); root == "" && err == nil {
		root = strings.TrimSpace(string(out))
	}
	data, err := os.ReadFile(filepath.Join(root, "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("axe-core is not installed (npm install -g axe-core)")
	}
	return string(data)
}

// serve gives the page at every path, and a status list at one.
func serve(t testing.TB, html []byte, list func() []byte) *httptest.Server {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/status/") {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Headers", "accept")
			data := list()
			if data == nil {
				http.Error(w, "no", http.StatusServiceUnavailable)
				return
			}
			_, _ = w.Write(data)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(html)
	}))
	t.Cleanup(server.Close)
	return server
}
