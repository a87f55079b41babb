"""Official documents in the form that NĐ 30/2020/NĐ-CP gives them: drafts, with number, date and signature blank."""
