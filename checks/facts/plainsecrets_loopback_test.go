package facts

import "testing"

// The secret of a RADIUS client counts where the client is another machine.
func TestLoopbackClients(t *testing.T) {
	const file = "etc/freeradius/3.0/clients.conf"
	for name, tc := range map[string]struct{ content, want string }{
		"the device itself": {"client localhost {\n\tipaddr = 127.0.0.1 # this one\n\tlimit {\n\t\tmax = 16\n\t}\n\tsecret = testing123\n}\nclient localhost_ipv6 {\n\tipv6addr\t= ::1\n\tsecret\t\t= testing123\n}\n", ""},
		"by its old name":   {"client 127.0.0.1 {\n\tsecret = testing123\n}\n", ""},
		"another machine":   {"client ap {\n\tipaddr = 192.168.1.2\n\tsecret = Tz8kq2pWx\n}\n", "secret"},
		"everyone":          {"client localhost {\n\tipaddr = 127.0.0.1\n\tsecret = testing123\n}\nclient all {\n\tipaddr = *\n\tsecret = Tz8kq2pWx\n}\n", "secret"},
		"an open block":     {"client localhost {\n\tipaddr = 127.0.0.1\n\tsecret = Tz8kq2pWx\n", "secret"},
	} {
		if got := secretsOf(t, file, tc.content); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
