package password

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed presets/*.jsonc
var presets embed.FS

// PresetNames returns the names of the policy files to start with: one that meets NIST SP 800-63B-4, and the built-in one.
func PresetNames() []string { return []string{"nist", "source"} }

// Preset returns a complete policy file with comments.
func Preset(name string) (string, error) {
	text, err := presets.ReadFile("presets/" + name + ".jsonc")
	if err != nil {
		return "", fmt.Errorf("%q is not a preset; there are %s", name, strings.Join(PresetNames(), " and "))
	}
	return string(text), nil
}
