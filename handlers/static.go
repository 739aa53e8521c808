package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/handlers/page"
)

// asset serves a file with a content hash in its name, cacheable forever.
func (s *App) asset(c echo.Context) error {
	asset, ok := s.Assets.Find(c.Param("name"))
	if !ok {
		return echo.ErrNotFound
	}
	header := c.Response().Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Vary", "Accept-Encoding")
	if !page.AcceptsGzip(c.Request()) {
		return c.Blob(http.StatusOK, asset.Type, asset.Plain)
	}
	header.Set("Content-Encoding", "gzip")
	return c.Blob(http.StatusOK, asset.Type, asset.Gzipped)
}
