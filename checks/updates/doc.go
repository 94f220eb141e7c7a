// Package updates holds the checks of the principle that software can be updated securely.
package updates
