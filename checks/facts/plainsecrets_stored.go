package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// Limits of the values in a store of settings.
const (
	maxStoredValue  = 256  // bytes
	maxStoredValues = 1000 // in all
)

// storedKeys are the keys by which ESP-IDF's driver keeps the passwords of the networks that
// it joins and offers (namespace nvs.net80211).
var storedKeys = []string{"sta.pswd", "ap.passwd"}

// networkSpace is a namespace that is about a network, networkNameKey the key of its name.
var (
	networkSpace   = lazy(`(?i)wi-?fi|wlan|80211|(?:^|[_.-])(?:sta|ap)(?:$|[_.-])`)
	networkNameKey = lazy(`(?i)^(?:[a-z0-9]+[_.-]){0,2}ssid$`)
)

// storedSecrets are passwords in the non-volatile storage of ESP-IDF, in which each key is a
// file of its own: NAMESPACE/KEY.
var storedSecrets = &Fact[[]PlainSecret]{
	Name:    "stored-secrets",
	Version: 1,
	Doc:     "Passwords in the non-volatile storage of ESP-IDF, by their keys.",
	Needs:   []Node{Tree},
	Observe: func(o *Observer) ([]PlainSecret, error) {
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		found := []PlainSecret{}
		named := map[string]bool{} // namespaces with the name of a network
		values := func(visit func(f *firmware.File, key string)) {
			for _, f := range img.Files {
				if f.Kind == firmware.Regular && inStorage(f) && f.Size > 0 && f.Size <= maxStoredValue {
					key, _, _ := strings.Cut(path.Base(f.Name), "@erased-")
					visit(f, key)
				}
			}
		}
		values(func(f *firmware.File, key string) {
			if networkNameKey.Get().MatchString(key) && f.Size > 1 {
				named[path.Dir(f.Path)] = true
			}
		})
		values(func(f *firmware.File, key string) {
			if !isStoredPassword(key) || len(found) == maxStoredValues {
				return
			}
			content, err := f.ReadFile()
			if err != nil { // told by the tree
				return
			}
			value, _, _ := strings.Cut(string(content), "\x00")
			plain := slices.Contains(plainKeyNames, strings.ToLower(key))
			wifi := slices.Contains(storedKeys, key) || isPSKName(key) || isWifiName(key) || plain && (networkSpace.Get().MatchString(path.Dir(f.Name)) || named[path.Dir(f.Path)])
			if hash, _ := storedHash(value); hash != "" || !isLiteralSecret(value) || wifi && len(value) < 8 {
				return
			}
			found = append(found, PlainSecret{Name: forPeople(key), Wifi: wifi, OnList: isListed(value), Secret: NewSecret("password", value), Location: AtSecret(f)})
		})
		return found, nil
	},
}

// inStorage reports whether a file is a value of such a store.
func inStorage(f *firmware.File) bool { return f.Container != nil && f.Container.Type == "nvs" }

// isStoredPassword reports whether a key of such a store, of 15 letters at most, holds a
// password.
func isStoredPassword(key string) bool {
	return slices.Contains(storedKeys, key) || isPasswordName(key) || isPSKName(key) || strings.EqualFold(key, "pwd") || strings.EqualFold(key, "pswd") || strings.HasSuffix(strings.ToLower(key), "_pswd")
}
