// Package static holds the style sheet and the script, under names that change with their content, so that browsers may
// keep them for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"latchkey/brand"
)

//go:embed app.css app.js
var files embed.FS

// Asset is a file ready to be served.
type Asset struct {
	Type    string
	Plain   []byte
	Gzipped []byte
}

// Assets are all files by their hashed names, such as "app.0123456789ab.css".
type Assets struct {
	byName map[string]Asset
	hashed map[string]string
}

// types are the media types by ending.
var types = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

// Load reads and packs the files once, with the operator's accent and logo.
func Load(own brand.Brand) (*Assets, error) {
	assets := &Assets{map[string]Asset{}, map[string]string{}}
	for _, name := range []string{"app.css", "app.js"} {
		content, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		if name == "app.css" {
			content = append(content, own.Accent.CSS()...)
		}
		if err := assets.add(name, types[path.Ext(name)], content); err != nil {
			return nil, err
		}
	}
	if logo := own.Logo; logo != nil {
		return assets, assets.add(Logo+logo.Ending, logo.Type, logo.Content)
	}
	return assets, nil
}

// Logo is the name of the operator's logo without its ending.
const Logo = "logo"

func (a *Assets) add(name, mediaType string, content []byte) error {
	packed, err := pack(content)
	if err != nil {
		return fmt.Errorf("packing %s: %w", name, err)
	}
	hashed := hashedName(name, content)
	a.hashed[name] = hashed
	a.byName[hashed] = Asset{mediaType, content, packed}
	return nil
}

func hashedName(name string, content []byte) string {
	sum := sha256.Sum256(content)
	ending := path.Ext(name)
	return strings.TrimSuffix(name, ending) + "." + hex.EncodeToString(sum[:6]) + ending
}

func pack(content []byte) ([]byte, error) {
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := writer.Write(content); err != nil {
		return nil, err
	}
	err = writer.Close()
	return packed.Bytes(), err
}

// URL returns where a file is served.
func (a *Assets) URL(name string) string { return "/static/" + a.hashed[name] }

// Find returns the file with a hashed name.
func (a *Assets) Find(hashed string) (Asset, bool) {
	asset, ok := a.byName[hashed]
	return asset, ok
}
