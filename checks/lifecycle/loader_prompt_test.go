package lifecycle

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
)

func TestLoaderPrompt(t *testing.T) {
	for name, c := range map[string]struct {
		prompt   facts.LoaderPrompt
		severity assay.Severity
		want     string
	}{
		"a few seconds": {facts.LoaderPrompt{Delay: 3, Stored: true}, assay.Medium, "within 3 s"},
		"a held key":    {facts.LoaderPrompt{Stored: true}, assay.Medium, "a key that is held"},
		"no boot":       {facts.LoaderPrompt{Delay: -1, Stored: true}, assay.High, "starts nothing"},
		"made anew":     {facts.LoaderPrompt{Delay: 3}, assay.Low, "within 3 s"},
		"no key":        {facts.LoaderPrompt{Delay: -2, Stored: true}, 0, ""},
		"a word":        {facts.LoaderPrompt{Delay: 3, Password: true, Stored: true}, 0, ""},
		"no input":      {facts.LoaderPrompt{Delay: 3, Input: "nulldev", Stored: true}, 0, ""},
	} {
		found := loaderPrompt(c.prompt)
		if c.want == "" {
			if len(found) > 0 {
				t.Errorf("%s: %+v", name, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Severity != c.severity || !strings.Contains(found[0].Message, c.want) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}
