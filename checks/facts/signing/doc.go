// Package signing observes what an image is signed with, and verifies nothing: that needs
// keys that somebody trusts.
//
// [Signatures] and [HashLists] gather what three kinds of carriers hold:
//
//   - signatures: the containers of the image, and files that came with it
//   - indexes: files in it that others beside them sign, as those of package repositories
//   - ostree: repositories of OSTree, with their commits
//
// Beside these stand [UpdateContainers], which can carry a signature, whether they do or
// not, and [TornImages], of which nobody can tell.
package signing
