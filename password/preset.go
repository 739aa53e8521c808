package password

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed presets/*.jsonc
var presets embed.FS

// PresetNames are the policy files to begin with: what NIST asks of a policy, and the built-in one.
func PresetNames() []string { return []string{"nist", "source"} }

// Preset returns a whole policy file with comments.
func Preset(name string) (string, error) {
	text, err := presets.ReadFile("presets/" + name + ".jsonc")
	if err != nil {
		return "", fmt.Errorf("%q is not a preset; there are %s", name, strings.Join(PresetNames(), " and "))
	}
	return string(text), nil
}
