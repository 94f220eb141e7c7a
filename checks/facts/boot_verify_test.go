package facts

import "testing"

// TestUncheckedBoots reads the words for no as U-Boot does.
func TestUncheckedBoots(t *testing.T) {
	for content, want := range map[string]int{
		"verify=n\n": 1, "bootdelay=1\nverify=0\n": 1, "verify=off\n": 1,
		"verify=yes\n": 0, "verify=1\n": 0, "verify=\n": 0, "verify_image=no\n": 0, "bootcmd=setenv verify no\n": 0,
	} {
		if got := observed(t, UncheckedBoots, map[string]string{"etc/u-boot-initial-env": content}); len(got) != want {
			t.Errorf("%q: %+v", content, got)
		}
	}
}
