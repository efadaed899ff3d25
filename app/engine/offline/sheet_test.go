package offline

import (
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"os"
	"slices"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// zenhei is where Debian puts the Chinese font of the tests.
const zenhei = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"

// face returns a font, by name, of a height in pixels.
func face(t testing.TB, name string, size float64) font.Face {
	t.Helper()
	content := gomono.TTF
	switch name {
	case "regular":
		content = goregular.TTF
	case "han":
		var err error
		if content, err = os.ReadFile(zenhei); err == nil {
			content = aligned(content)
		} else {
			if os.Getenv("ASIDE_TEST_ALL") != "" {
				t.Fatal(err)
			}
			t.Skipf("no Chinese font: %v", err)
		}
	}
	one, err := opentype.Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	f, err := opentype.NewFace(one, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// sheet is a picture to write on.
type sheet struct {
	*image.RGBA
	text color.Color
}

func newSheet(w, h int, ground, text color.Color) sheet {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(p, p.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	return sheet{p, text}
}

// write writes lines, the first with its corner at x, y.
func (s sheet) write(f font.Face, x, y, pitch int, lines ...string) {
	for i, l := range lines {
		d := font.Drawer{Dst: s, Src: image.NewUniform(s.text), Face: f, Dot: fixed.P(x, y+f.Metrics().Ascent.Ceil()+pitch*i)}
		d.DrawString(l)
	}
}

// aligned takes the first font out of a collection. Its tables stand wherever
// they like there, which opentype does not.
func aligned(collection []byte) []byte {
	be := binary.BigEndian
	header := collection[be.Uint32(collection[12:]):]
	header = header[:12+16*int(be.Uint16(header[4:]))]
	out := slices.Clone(header)
	for at := 12; at < len(header); at += 16 {
		from, length := be.Uint32(header[at+8:]), be.Uint32(header[at+12:])
		out = append(out, make([]byte, -len(out)&3)...)
		be.PutUint32(out[at+8:], uint32(len(out)))
		out = append(out, collection[from:from+length]...)
	}
	return out
}

// What the sheets of the tests say.
const (
	simplifiedText = `人工智能正在改变我们的工作方式。这个程序会读取屏幕上的文字，
然后回答用户提出的问题。所有的数据都留在本机，不会发送到网络。
错误：无法打开配置文件，请检查权限设置后再试一次。
今天的会议讨论了三个议题，其中最重要的是产品发布的时间。
如果您需要帮助，请点击右上角的按钮，或者联系管理员。
我们认为这个问题应该尽快解决，否则会影响后续的开发进度。`
	traditionalText = `人工智慧正在改變我們的工作方式。這個程式會讀取螢幕上的文字，
然後回答使用者提出的問題。所有的資料都留在本機，不會傳送到網路。
錯誤：無法開啟設定檔，請檢查權限設定後再試一次。
今天的會議討論了三個議題，其中最重要的是產品發佈的時間。
如果您需要協助，請點擊右上角的按鈕，或者聯絡管理員。
我們認為這個問題應該儘快解決，否則會影響後續的開發進度。`
	python = `import os
import sys

class Reader:
    def __init__(self, path):
        self.path = path
        self.lines = []

    def read(self):
        for name in os.listdir(self.path):
            if name.endswith(".txt"):
                with open(name) as f:
                    self.lines.extend(f.readlines())
            else:
                print("skipped", name)
        return len(self.lines)

if __name__ == "__main__":
    r = Reader(sys.argv[1])
    print(r.read())`
	mixedText = `# 配置文件：服务器的地址和端口
host = "localhost"   # 主机名称
port = 8080          # 监听端口
def connect(retry=3):
    """连接服务器，失败时重试"""
    for i in range(retry):
        open_socket(host, port)
    # 错误处理：无法连接到服务器
    raise ConnectionError("failed")`
	prose = `The offline reader looks at the window that was in front when
the key went down. It finds columns and lines by itself, keeps
the order in which people read them, and quotes the text as it
stands. Nothing of it leaves the machine, and nothing is kept
on disk. When a model is wanted instead, a key can be stored.`
)

// measured is the width of a text in pixels.
func measured(f font.Face, text string) int { return font.MeasureString(f, text).Ceil() }
