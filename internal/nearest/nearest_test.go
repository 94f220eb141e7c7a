package nearest

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	names := []string{"manufacturer", "model", "mode", "Support", strings.Repeat("z", 200)}
	for written, want := range map[string]string{
		"manufacterer":           "manufacturer",
		"modell":                 "model",
		"modes":                  "model", // as far from mode, which begins as much alike and comes later
		"mdoel":                  "model",
		"SUPPORT":                "Support",
		"sup":                    "",
		"":                       "",
		"colour":                 "",
		strings.Repeat("z", 199): "", // too long to compare
	} {
		if got := Name(written, names); got != want {
			t.Errorf("%.20q: %q, want %q", written, got, want)
		}
	}
	if got := Name("model", nil); got != "" {
		t.Errorf("of none: %q", got)
	}
}
