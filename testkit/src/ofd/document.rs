//! What a document says, and its files before any signature.

use super::{
    Package, escape,
    xml::{element, root},
};
use yinxin_trust::sm::sm3;

/// The entry of the attachment in [`Document::large`].
pub const LARGE: &str = "Doc_0/Attachs/large.bin";

/// A line of text on a page.
#[derive(Clone, Debug)]
pub struct Text {
    /// Left edge of the first character, millimetres from the left of the page.
    pub x: f64,
    /// Baseline, millimetres from the top of the page.
    pub y: f64,
    /// Height of a character, millimetres.
    pub size: f64,
    /// Red, green, blue.
    pub colour: (u8, u8, u8),
    /// The characters.
    pub text: String,
}

/// A straight stroke or a rectangle on a page, as path data in page millimetres.
#[derive(Clone, Debug)]
pub struct Line {
    /// AbbreviatedData (GB/T 33190, 9.1).
    pub path: String,
    /// Width, millimetres.
    pub width: f64,
    /// Red, green, blue.
    pub colour: (u8, u8, u8),
}

/// A document of one body and one or more pages of the same size.
#[derive(Clone, Debug)]
pub struct Document {
    /// DocInfo/Title.
    pub title: String,
    /// DocInfo/CreationDate, `yyyy-MM-dd`.
    pub created: String,
    /// Width and height of a page, millimetres.
    pub page: (u32, u32),
    /// Texts, page by page.
    pub pages: Vec<Vec<Text>>,
    /// Strokes, on every page.
    pub lines: Vec<Line>,
    /// Texts and strokes of a template that every page stands on.
    pub template: Option<(Vec<Text>, Vec<Line>)>,
    /// CustomDatas of DocInfo.
    pub custom_datas: Vec<(String, String)>,
    /// Attachments: file name, content.
    pub attachments: Vec<(String, Vec<u8>)>,
    /// Whether OFD.xml links a list of signatures.
    pub signatures: bool,
}

impl Document {
    /// One A4 page with the title on it.
    pub fn titled(title: &str) -> Self {
        let heading = Text { x: 20.0, y: 30.0, size: 6.0, colour: (0, 0, 0), text: title.to_owned() };
        Self {
            title: title.to_owned(),
            created: "2026-06-01".to_owned(),
            page: (210, 297),
            pages: vec![vec![heading]],
            lines: Vec::new(),
            template: None,
            custom_datas: Vec::new(),
            attachments: Vec::new(),
            signatures: true,
        }
    }

    /// One A4 page, and an attachment of this many octets without pattern. The
    /// caller decides whether it is stored: `package.stored.push(LARGE.to_owned())`.
    pub fn large(octets: usize) -> Self {
        let attachment = ("large.bin".to_owned(), crate::zip::noise(octets, 20_260_601));
        Self { attachments: vec![attachment], ..Self::titled("很大的附件") }
    }

    /// The files.
    pub fn package(&self) -> Package {
        let mut files = vec![
            ("OFD.xml".to_owned(), self.entry_file()),
            ("Doc_0/Document.xml".to_owned(), self.document_file()),
            ("Doc_0/PublicRes.xml".to_owned(), fonts()),
        ];
        if let Some((texts, lines)) = &self.template {
            let content = self.page_file(texts, lines, 300, "");
            files.push(("Doc_0/Tpls/Tpl_0/Content.xml".to_owned(), content));
        }
        let on_template = if self.template.is_some() { "<ofd:Template TemplateID=\"2\"/>" } else { "" };
        for (number, texts) in self.pages.iter().enumerate() {
            let content = self.page_file(texts, &self.lines, 1000 + 300 * number, on_template);
            files.push((format!("Doc_0/Pages/Page_{number}/Content.xml"), content));
        }
        if !self.attachments.is_empty() {
            files.push(("Doc_0/Attachs/Attachments.xml".to_owned(), self.attachment_list()));
            let file = |(name, data): &(String, Vec<u8>)| (format!("Doc_0/Attachs/{name}"), data.clone());
            files.extend(self.attachments.iter().map(file));
        }
        if self.signatures { Package::new(files) } else { Package::unsigned(files) }
    }

    /// `DocBody` of another document in the folder `folder`, to be put into OFD.xml.
    pub fn body_element(&self, folder: &str, signatures: bool) -> String {
        let id = hex::encode(&sm3::digest(format!("{folder}{}", self.title).as_bytes())[..16]);
        let datas: String = self
            .custom_datas
            .iter()
            .map(|(name, value)| {
                format!("<ofd:CustomData Name=\"{}\">{}</ofd:CustomData>", escape(name), escape(value))
            })
            .collect();
        let datas = if datas.is_empty() { datas } else { element("CustomDatas", &datas) };
        let info = element("DocID", &id)
            + &element("Title", &escape(&self.title))
            + &element("Author", "yinxin testkit, never for production")
            + &element("CreationDate", &self.created)
            + &element("Creator", "yinxin-testkit")
            + &datas;
        let list =
            if signatures { element("Signatures", &format!("{folder}/Signs/Signatures.xml")) } else { String::new() };
        let parts = element("DocInfo", &info) + &element("DocRoot", &format!("{folder}/Document.xml")) + &list;
        element("DocBody", &parts)
    }

    fn entry_file(&self) -> Vec<u8> {
        root("OFD", " DocType=\"OFD\" Version=\"1.1\"", &self.body_element("Doc_0", self.signatures))
    }

    fn document_file(&self) -> Vec<u8> {
        let (width, height) = self.page;
        let area = element("PageArea", &element("PhysicalBox", &format!("0 0 {width} {height}")));
        let template = match self.template {
            Some(_) => "<ofd:TemplatePage ID=\"2\" Name=\"底版\" BaseLoc=\"Tpls/Tpl_0/Content.xml\"/>",
            None => "",
        };
        let common = element("MaxUnitID", "9999") + &area + &element("PublicRes", "PublicRes.xml") + template;
        let pages: String = (0..self.pages.len())
            .map(|number| format!("<ofd:Page ID=\"{}\" BaseLoc=\"Pages/Page_{number}/Content.xml\"/>", 10 + number))
            .collect();
        let attachments = match self.attachments.len() {
            0 => String::new(),
            _ => element("Attachments", "Attachs/Attachments.xml"),
        };
        root("Document", "", &(element("CommonData", &common) + &element("Pages", &pages) + &attachments))
    }

    fn page_file(&self, texts: &[Text], lines: &[Line], first_id: usize, template: &str) -> Vec<u8> {
        let (width, height) = self.page;
        let mut objects = String::new();
        for (number, line) in lines.iter().enumerate() {
            let id = first_id + 1 + number;
            let stroke = colour("StrokeColor", line.colour);
            objects += &format!(
                "<ofd:PathObject ID=\"{id}\" Boundary=\"0 0 {width} {height}\" LineWidth=\"{}\">{stroke}\
                 <ofd:AbbreviatedData>{}</ofd:AbbreviatedData></ofd:PathObject>",
                line.width, line.path
            );
        }
        for (number, text) in texts.iter().enumerate() {
            objects += &text.object(first_id + 100 + number);
        }
        let layer = format!("<ofd:Layer ID=\"{first_id}\">{objects}</ofd:Layer>");
        let area = element("Area", &element("PhysicalBox", &format!("0 0 {width} {height}")));
        root("Page", "", &(template.to_owned() + &area + &element("Content", &layer)))
    }

    fn attachment_list(&self) -> Vec<u8> {
        let one = |(number, (name, _)): (usize, &(String, Vec<u8>))| {
            let format = name.rsplit('.').next().unwrap_or_default();
            format!(
                "<ofd:Attachment ID=\"{}\" Name=\"{}\" Format=\"{format}\" CreationDate=\"{}T00:00:00\" \
                 Visible=\"false\"><ofd:FileLoc>{}</ofd:FileLoc></ofd:Attachment>",
                500 + number,
                escape(name),
                self.created,
                escape(name)
            )
        };
        root("Attachments", "", &self.attachments.iter().enumerate().map(one).collect::<String>())
    }
}

impl Text {
    fn object(&self, id: usize) -> String {
        let advances: Vec<f64> =
            self.text.chars().map(|c| if c.is_ascii() { self.size / 2.0 } else { self.size }).collect();
        let width: f64 = advances.iter().sum();
        let deltas: Vec<String> = advances.iter().take(advances.len().saturating_sub(1)).map(f64::to_string).collect();
        let deltas = if deltas.is_empty() { String::new() } else { format!(" DeltaX=\"{}\"", deltas.join(" ")) };
        format!(
            "<ofd:TextObject ID=\"{id}\" Boundary=\"{} {} {width} {}\" Font=\"3\" Size=\"{}\">{}\
             <ofd:TextCode X=\"0\" Y=\"{}\"{deltas}>{}</ofd:TextCode></ofd:TextObject>",
            self.x,
            self.y - self.size,
            self.size * 1.25,
            self.size,
            colour("FillColor", self.colour),
            self.size,
            escape(&self.text)
        )
    }
}

fn colour(name: &str, (red, green, blue): (u8, u8, u8)) -> String {
    format!("<ofd:{name} Value=\"{red} {green} {blue}\"/>")
}

fn fonts() -> Vec<u8> {
    let font = "<ofd:Font ID=\"3\" FontName=\"宋体\" FamilyName=\"宋体\"/>";
    root("Res", " BaseLoc=\"Res\"", &element("Fonts", font))
}
