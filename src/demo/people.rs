//! Who is in the demonstration. All of them are invented, and their names say so.

/// Runs the school.
pub(super) const OWNER: &str = "Sholpan Ospanova";
/// Teach in it.
pub(super) const TUTORS: [&str; 2] = ["Marat Beketov", "Elena Kravets"];

/// Learners of a group.
pub(super) const GROUP_SIZE: usize = 20;

/// The learners, group by group.
pub(super) const LEARNERS: [&str; 3 * GROUP_SIZE] = [
    "Adebayo Okafor",
    "Amir Rahimi",
    "Ana Petrović",
    "Anh Nguyen",
    "Arjun Mehta",
    "Ayumi Tanaka",
    "Beatriz Carvalho",
    "Chen Wei",
    "Clara Hoffmann",
    "Dilnoza Karimova",
    "Elif Yıldız",
    "Emre Demir",
    "Fatima al-Sayed",
    "Giorgi Lomidze",
    "Hassan Mahmoud",
    "Ivan Morozov",
    "Jana Novák",
    "João Almeida",
    "Kateryna Bondar",
    "Kim Min-jun",
    "Lars Johansson",
    "Leila Haddad",
    "Li Na",
    "Lucía Fernández",
    "Małgorzata Zielińska",
    "Manas Asanov",
    "Maria Rossi",
    "Mehmet Kaya",
    "Mirzo Yusupov",
    "Nadia Benali",
    "Natalia Ivanova",
    "Nguyen Thi Lan",
    "Nino Beridze",
    "Olga Sidorova",
    "Omar Farouk",
    "Oyunaa Batbayar",
    "Park Seo-yeon",
    "Pavel Dvořák",
    "Priya Sharma",
    "Rahim Noorzai",
    "Ravshan Saidov",
    "Samuel Mensah",
    "Sana Malik",
    "Sergei Volkov",
    "Shirin Davlatova",
    "Sofia Marino",
    "Suresh Patel",
    "Tamar Gelashvili",
    "Tatiana Popescu",
    "Thomas Weber",
    "Tursunay Abdullayeva",
    "Vahe Sargsyan",
    "Viktor Kovács",
    "Wang Fang",
    "William Carter",
    "Yasmin Karimi",
    "Yerlan Tulegenov",
    "Yuki Sato",
    "Zarina Nazarova",
    "Zhang Lei",
];

/// A name that says that nobody has it.
pub(super) fn named(name: &str) -> String {
    format!("{name} (demo)")
}

/// The address of the nth of a kind, from 1: `learner07@demo.example.org`.
pub(super) fn address(kind: &str, n: usize) -> String {
    format!("{kind}{n:02}@demo.example.org")
}
