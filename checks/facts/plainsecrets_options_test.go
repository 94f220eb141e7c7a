package facts

import (
	"strings"
	"testing"
)

// TestOptionSecrets finds the value of an option for a password of any program, and passes
// by files, variables, places to fill in and options that only ask.
func TestOptionSecrets(t *testing.T) {
	for _, tt := range []struct{ command, want string }{
		{"edge-agent --password s3cr3tpw", "s3cr3tpw"},
		{"edge-agent -v --passwd Falter7x --port 80", "Falter7x"},
		{"edge-agent --password=Falter7x", "Falter7x"},
		{"edge-agent --pass Falter7x", "Falter7x"},
		{"edge-agent --password-file Falter7x", ""},
		{"edge-agent --password-stdin Falter7x", ""},
		{"edge-agent --password /etc/agent.pw", ""},
		{"edge-agent --password secrets/agent.pw", ""},
		{"edge-agent --password $WORD", ""},
		{"edge-agent --password ${WORD}", ""},
		{"edge-agent --password %i-word", ""},
		{"edge-agent --password <password>", ""},
		{"edge-agent --password PASSWORD", ""},
		{"edge-agent --password YOUR_PASSWORD", ""},
		{"edge-agent --password password", ""},
		{"usermod --password ab01FAX.bQRSU", ""},
		{"edge-agent --password env:AGENT_PW", ""},
		{"edge-agent --password --port 80", ""},
		{"edge-agent --password", ""},
		{"edge-agent --passive Falter7x", ""},
		{"encode --pass 2", ""},
		{"psql --password fleet4db", ""},
		{"mariadb --password fleet4db", ""},
		{"zenity --password title", ""},
		{"echo Usage: agent --password s3cr3tpw", ""},
		{"getopt --password s3cr3tpw", ""},
	} {
		words := strings.Fields(tt.command)
		got := ""
		for _, p := range optionSecrets(words[0], words[1:]) {
			got, _ = p.Secret.Reveal()
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.command, got, tt.want)
		}
	}
}
