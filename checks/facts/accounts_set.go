package facts

import (
	"slices"
	"strings"
)

// withWrites adds the accounts whose passwords the start sets. What else is
// known of such an account stands in the image's own files.
func withWrites(accounts []Account, writes []PasswordWrite) []Account {
	all := slices.Clone(accounts)
	for _, w := range writes {
		if !w.Understood() || w.Account == "" {
			continue
		}
		a := Account{Kind: w.Kind, Name: w.Account, UID: w.UID, GID: -1, Login: true, Folder: w.Root, Entry: w.Location}
		i := slices.IndexFunc(accounts, func(b Account) bool {
			return b.Kind == w.Kind && b.Name == w.Account && !b.Superseded && strings.HasPrefix(b.Entry.Path, w.Root+"!")
		})
		if i >= 0 {
			a = accounts[i]
		}
		a.Password, a.Hash, a.HashKind, a.Rounds, a.SetBy = w.State, w.Secret, w.HashKind, w.Rounds, w.By
		a.Location = w.Location
		all = append(all, a)
	}
	return all
}
