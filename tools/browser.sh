#!/usr/bin/env bash
# Makes sure that the browser tests have what they need: Chromium, its driver, Chinese fonts, ngircd.
# Chromium comes from the system, else from apt where that is possible, else from Playwright.
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)
export PATH=$PATH:/usr/sbin
have() { command -v "$1" >/dev/null 2>&1; }
chinese_font() { have fc-list && [ -n "$(fc-list :lang=zh family 2>/dev/null | head -1)" ]; }

missing=()
have chromium || have chromium-browser || have google-chrome || missing+=(chromium)
have chromedriver || missing+=(chromium-driver)
chinese_font || missing+=(fontconfig fonts-noto-cjk fonts-noto-color-emoji)
have ngircd || missing+=(ngircd)
[ ${#missing[@]} -eq 0 ] && exit 0

if have apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
  root=(); [ "$(id -u)" = 0 ] || root=(sudo -n)
  "${root[@]}" apt-get update -qq
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi
case " ${missing[*]} " in
  *" chromium "*) "$home/.venv/bin/python" -m playwright install chromium ;;
esac
case " ${missing[*]} " in
  *" ngircd "*) echo "the chat page tests need ngircd, which only a system package brings: install it" >&2; exit 1 ;;
esac
