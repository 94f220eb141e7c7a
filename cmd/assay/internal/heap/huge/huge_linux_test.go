package huge

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"
)

// TestReserved sees in the kernel's own list that what is allocated lies where huge pages
// were asked for, and that the stack is no longer held.
func TestReserved(t *testing.T) {
	if _, err := os.Stat("/sys/kernel/mm/transparent_hugepage"); err != nil {
		t.Skip("this kernel has no huge pages")
	}
	var m runtime.MemStats
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) { // the goroutine may be at its end yet
		if runtime.ReadMemStats(&m); m.StackInuse < reserved && m.HeapIdle > reserved*7/8 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d bytes of stacks, and %d free ones of the heap", m.StackInuse, m.HeapIdle)
		}
	}
	content := make([]byte, 4*page)
	middle := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(content)))) + 2*page
	flags := mapped(t, middle)
	runtime.KeepAlive(content)
	if !slices.Contains(flags, "hg") {
		t.Errorf("huge pages are not asked for: %s", flags)
	}
}

// mapped gives the kernel's flags of the mapping that an address is in.
func mapped(t *testing.T, address uint64) []string {
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	in := false
	for line := range strings.Lines(string(maps)) {
		var from, to uint64
		if n, _ := fmt.Sscanf(line, "%x-%x ", &from, &to); n == 2 {
			in = from <= address && address < to
		}
		if flags, is := strings.CutPrefix(line, "VmFlags:"); is && in {
			return strings.Fields(flags)
		}
	}
	t.Fatalf("0x%x is in no mapping", address)
	return nil
}
